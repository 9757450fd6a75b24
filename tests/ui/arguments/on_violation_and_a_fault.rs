#[syscallset::restrict("scoket", on_violation = "kil")]
fn main() {}
