#[syscallset::restrict("@basic-io", crate = "syscallset")]
fn main() {}
