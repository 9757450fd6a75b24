#[syscallset::restrict("@basic-io, @network-io")]
fn main() {}
