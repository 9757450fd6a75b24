#[syscallset::restrict("@basic-io ~@default")]
fn main() {}
