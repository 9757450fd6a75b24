#[syscallset::restrict("SystemCallFilter=@system-service")]
fn main() {}
