#[syscallset::restrict("@basic-io ~exit_group")]
fn main() {}
