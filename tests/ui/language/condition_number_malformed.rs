#[syscallset::restrict("@basic-io socket(domain=0x)")]
fn main() {}
