//! Colours only where standard output is a terminal.
//@ stdout: false

use std::io::IsTerminal as _;

// PowerPC's kernel has no `TCGETS2`.
#[cfg_attr(
    not(target_arch = "powerpc64"),
    syscallset::restrict("@basic-io ioctl(cmd=TCGETS) ioctl(cmd=TCGETS2) ioctl(cmd=TIOCGWINSZ)")
)]
#[cfg_attr(
    target_arch = "powerpc64",
    syscallset::restrict("@basic-io ioctl(cmd=TCGETS) ioctl(cmd=TIOCGWINSZ)")
)]
fn main() {
    println!("{}", std::io::stdout().is_terminal());
}
