#[syscallset::restrict("@basic-io socket(3=0) socket(6=0)")]
fn main() {}
