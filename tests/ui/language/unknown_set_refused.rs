#[syscallset::restrict("@system-service ~@porcess")]
fn main() {}
