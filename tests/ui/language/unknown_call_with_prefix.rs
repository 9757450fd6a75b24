#[syscallset::restrict("@basic-io SYS_openat __NR_read")]
fn main() {}
