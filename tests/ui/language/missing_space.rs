#[syscallset::restrict("@system-service~@process")]
fn main() {}
