#[syscallset::restrict("@basic-io", on_violation = 1)]
fn main() {}
