#[syscallset::restrict("@basic-io socket()")]
fn main() {}
