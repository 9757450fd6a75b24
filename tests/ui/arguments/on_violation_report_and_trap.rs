#[syscallset::restrict("@system-service ~socket:trap", on_violation = "report")]
fn main() {}
