#[syscallset::restrict("@network-io socket(domain=AF_UNIX)")]
fn main() {}
