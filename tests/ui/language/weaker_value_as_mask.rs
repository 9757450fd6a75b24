#[syscallset::restrict("@basic-io socket(domain=AF_INET, type&SOCK_STREAM=SOCK_STREAM)")]
fn main() {}
