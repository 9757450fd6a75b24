#[syscallset::restrict("@basic-io socket(domain=AF_UNXI)")]
fn main() {}
