//! Colours only where standard output is a terminal.
//@ stdout: false

use std::io::IsTerminal as _;

#[syscallset::restrict("@basic-io ioctl(cmd=TCGETS) ioctl(cmd=TCGETS2) ioctl(cmd=TIOCGWINSZ)")]
fn main() {
    println!("{}", std::io::stdout().is_terminal());
}
