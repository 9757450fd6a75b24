#[syscallset::restrict("@basic-io openat(filename=0)")]
fn main() {}
