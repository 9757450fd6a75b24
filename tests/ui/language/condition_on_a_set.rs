#[syscallset::restrict("@basic-io @network-io(domain=AF_UNIX)")]
fn main() {}
