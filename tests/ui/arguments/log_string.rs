#[syscallset::restrict("@basic-io", log = "yes")]
fn main() {}
