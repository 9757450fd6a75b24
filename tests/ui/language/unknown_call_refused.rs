#[syscallset::restrict("@system-service ~exceve")]
fn main() {}
