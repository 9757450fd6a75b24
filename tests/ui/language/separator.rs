#[syscallset::restrict("@basic-io|~@file-system")]
fn main() {}
