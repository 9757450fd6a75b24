#[syscallset::restrict("@basic-io", on_violation = "kil")]
fn main() {}
