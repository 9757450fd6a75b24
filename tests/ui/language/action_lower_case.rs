#[syscallset::restrict("@basic-io ~openat:eperm")]
fn main() {}
