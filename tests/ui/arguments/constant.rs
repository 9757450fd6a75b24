const ALLOWED: &str = "@basic-io";

#[syscallset::restrict(ALLOWED)]
fn main() {}
