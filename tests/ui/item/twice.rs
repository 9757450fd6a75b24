#[syscallset::restrict("@basic-io")]
#[syscallset::restrict("@file-system", "scoket")]
fn main() {}
