#[syscallset::restrict("@basic-io ~openat:allow")]
fn main() {}
