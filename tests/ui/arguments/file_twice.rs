#[syscallset::restrict(file = "filter.txt", file = "filter.txt")]
fn main() {}
