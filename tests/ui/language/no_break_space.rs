#[syscallset::restrict("@basic-io\u{a0}@network-io")]
fn main() {}
