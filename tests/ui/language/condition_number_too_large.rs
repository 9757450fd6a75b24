#[syscallset::restrict("@basic-io socket(domain=0x10000000000000000)")]
fn main() {}
