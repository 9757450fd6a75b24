#[syscallset::restrict("@basic-io socket(domain=AF_UNIX; type=SOCK_STREAM)")]
fn main() {}
