#[syscallset::restrict("@basic-io", file = "filter.txt")]
fn main() {}
