#[syscallset::restrict(self::ALLOWED)]
fn main() {}

const ALLOWED: &str = "@basic-io";
