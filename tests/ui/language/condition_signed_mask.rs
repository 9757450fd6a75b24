#[syscallset::restrict("@basic-io socket(domain&0xf<1)")]
fn main() {}
