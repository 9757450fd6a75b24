#[syscallset::restrict("@basic-io socket(familiy=AF_UNIX) socket(domian=AF_UNIX)")]
fn main() {}
