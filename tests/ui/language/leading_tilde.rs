#[syscallset::restrict("~@network-io")]
fn main() {}
