#[syscallset::restrict("@basic-io socket(domain=AF_UNIX) @network-io")]
fn main() {}
