#[syscallset::restrict("@basic-io", crate = syscallset, crate = syscallset)]
fn main() {}
