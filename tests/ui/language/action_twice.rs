#[syscallset::restrict("@basic-io ~openat:EPERM:EACCES")]
fn main() {}
