#[syscallset::restrict("@basic-io ~rt_sigreturn:EPERM")]
fn main() {}
