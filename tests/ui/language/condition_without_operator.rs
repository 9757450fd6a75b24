#[syscallset::restrict("@basic-io socket(domain AF_UNIX)")]
fn main() {}
