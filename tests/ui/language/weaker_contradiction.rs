#[syscallset::restrict("@system-service ~ioctl(cmd=TIOCSTI, cmd=TIOCLINUX)")]
fn main() {}
