#[syscallset::restrict("@basic-io ~ @io-event")]
fn main() {}
