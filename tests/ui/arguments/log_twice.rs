#[syscallset::restrict("@basic-io", log = true, log = false)]
fn main() {}
