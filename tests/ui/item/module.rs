#[syscallset::restrict("@basic-io")]
mod program {}

fn main() {}
