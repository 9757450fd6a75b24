#[syscallset::restrict(b"@basic-io")]
fn main() {}
