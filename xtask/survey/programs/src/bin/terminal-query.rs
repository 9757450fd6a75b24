//! Colours only where standard output is a terminal.
//@ stdout: false

use std::io::IsTerminal as _;

#[syscallset::restrict("@basic-io ioctl(cmd=0x5401) ioctl(cmd=0x802c542a) ioctl(cmd=0x5413)")]
fn main() {
    println!("{}", std::io::stdout().is_terminal());
}
