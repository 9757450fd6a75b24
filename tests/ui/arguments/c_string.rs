#[syscallset::restrict(c"@basic-io")]
fn main() {}
