#[syscallset::restrict("@basic-io openat(mode=0644)")]
fn main() {}
