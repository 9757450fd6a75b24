#[syscallset::restrict("@basic-io :EPERM")]
fn main() {}
