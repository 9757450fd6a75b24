#[syscallset::restrict("@basic-io socket(domain=0x100000000)")]
fn main() {}
