#[syscallset::restrict("@basic-io ~~read")]
fn main() {}
