#[syscallset::restrict("@basic-io socket(domain=)")]
fn main() {}
