#[syscallset::restrict("@basic_io")]
fn main() {}
