#[syscallset::restrict("@basic-io")]
fn main() {}
