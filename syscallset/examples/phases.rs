//! Gives up system calls in three steps, as a program gets done with them: the way of OpenBSD's
//! pledge(2). A later filter can only take away.
//!
//! Given `--again`, tries to open a file in the last phase: the kernel stops the program.

use std::fs::File;
use std::io::Read as _;

use syscallset::{Filter, filter};

/// Reads what was opened; opens nothing more.
static READ: Filter = filter!("@basic-io statx seccomp");
/// Computes and prints.
static PRINT: Filter = filter!("write");

#[syscallset::restrict("@basic-io @file-system")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args()
        .nth(1)
        .ok_or("usage: phases FILE [--again]")?;
    let mut file = File::open(&path)?;

    READ.load()?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    drop(file);

    PRINT.load()?;
    println!("{path} has {} lines", text.lines().count());
    if std::env::args().nth(2).as_deref() == Some("--again") {
        println!("opening {path} again");
        let again = File::open(&path);
        unreachable!("the kernel has let us open {again:?}");
    }
    Ok(())
}
