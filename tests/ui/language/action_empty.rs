#[syscallset::restrict("@basic-io ~openat:")]
fn main() {}
