#[syscallset::restrict("@basic-io ~openat:1")]
fn main() {}
