#[syscallset::restrict("@basic-io openat:EPERM")]
fn main() {}
