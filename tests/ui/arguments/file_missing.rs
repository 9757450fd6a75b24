#[syscallset::restrict(file = "/nonexistent/filter.txt")]
fn main() {}
