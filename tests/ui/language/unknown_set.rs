#[syscallset::restrict("@basic-io ~@io-evnet")]
fn main() {}
