#[syscallset::restrict("@basic-io", on_violation)]
fn main() {}
