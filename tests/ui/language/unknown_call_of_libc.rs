#[syscallset::restrict("@basic-io fstatat")]
fn main() {}
