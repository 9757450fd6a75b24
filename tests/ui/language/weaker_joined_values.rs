#[syscallset::restrict("@system-service ~socket(domain=AF_INET|AF_INET6)")]
fn main() {}
