#[syscallset::restrict("@basic-io OPENAT")]
fn main() {}
