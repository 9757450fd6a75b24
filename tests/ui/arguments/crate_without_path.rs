#[syscallset::restrict("@basic-io", crate = )]
fn main() {}
