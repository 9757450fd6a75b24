#[syscallset::restrict("@basic-io getuid(0=1)")]
fn main() {}
