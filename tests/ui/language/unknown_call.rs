#[syscallset::restrict("@basic-io scoket")]
fn main() {}
