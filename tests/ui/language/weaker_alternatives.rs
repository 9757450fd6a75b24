#[syscallset::restrict("@basic-io ioctl(cmd!=TIOCSTI) ioctl(cmd!=TIOCLINUX)")]
fn main() {}
