//! A crate of somebody else's: it calls syscallset by another name and has an older edition.
#![forbid(unsafe_code)]
#![deny(warnings, clippy::all, clippy::pedantic, clippy::nursery)]

/// A filter from a file.
static FROM_FILE: sandbox::Filter = sandbox::filter!(file = "filter.txt");

#[sandbox::restrict(
    "@basic-io @file-system",
    "~getcwd:ENOENT",
    crate = sandbox,
)]
fn main() {
    use std::env::current_dir;

    println!("{}", current_dir().is_err());
    println!("{:?}", FROM_FILE.load());
    println!("{:?}", std::fs::File::open("/dev/null").map_err(|error| error.kind()).err());
}
