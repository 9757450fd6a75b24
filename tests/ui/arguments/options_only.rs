#[syscallset::restrict(on_violation = "EPERM")]
fn main() {}
