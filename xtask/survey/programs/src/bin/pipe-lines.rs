//! A program between two pipes, as `sort` is.
//@ stdin: pear apple fig
//@ stdout: apple fig pear

use std::collections::HashMap;
use std::io::{self, BufRead as _, Read as _, Write as _};

#[syscallset::restrict("@basic-io")]
fn main() -> io::Result<()> {
    let mut first = String::new();
    io::stdin().lock().read_line(&mut first)?;
    let mut rest = Vec::new();
    io::stdin().read_to_end(&mut rest)?;
    let mut words: Vec<&str> = first.split_whitespace().collect();
    words.sort_unstable();
    let counts: HashMap<&str, usize> = words.iter().map(|word| (*word, word.len())).collect();
    assert_eq!(counts["apple"], 5);
    let mut out = io::stdout().lock();
    writeln!(out, "{}", words.join(" "))?;
    out.flush()
}
