#[syscallset::restrict("@basic-io", on_violation = "allow")]
fn main() {}
