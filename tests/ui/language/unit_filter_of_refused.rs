#[syscallset::restrict("SystemCallFilter=~@privileged @resources")]
fn main() {}
