#[syscallset::restrict("@basic-io", log)]
fn main() {}
