#[syscallset::restrict("SystemCallErrorNumber=EPERM")]
fn main() {}
