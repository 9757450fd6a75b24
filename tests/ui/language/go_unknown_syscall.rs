#[syscallset::restrict("@basic-io definitely_not_a_syscall")]
fn main() {}
