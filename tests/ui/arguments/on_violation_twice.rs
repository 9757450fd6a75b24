#[syscallset::restrict("@basic-io", on_violation = "EPERM", on_violation = "kill")]
fn main() {}
