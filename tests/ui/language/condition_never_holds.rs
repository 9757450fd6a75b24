#[syscallset::restrict("@basic-io socket(domain<0x100, type&1=2)")]
fn main() {}
