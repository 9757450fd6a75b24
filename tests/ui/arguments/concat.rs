#[syscallset::restrict(concat!("@basic-io", " @file-system"))]
fn main() {}
