#[syscallset::restrict("@basic-io ~openat:EPREM")]
fn main() {}
