//! Listings for assemblers and compilers.

use std::io::{self, Write};

use super::Dump;
use crate::program::listing::{Line, label};
use crate::style::DIM;

pub(super) fn write_asm(dump: &Dump, out: &mut dyn Write) -> io::Result<()> {
    let count = dump.instructions.len();
    writeln!(out, "{DIM}; {} on {}{DIM:#}", one_line(dump), dump.arch)?;
    for (at, Line { text, comment, .. }) in dump.instructions.iter().enumerate() {
        let label = label(at, count);
        if comment.is_empty() {
            writeln!(out, "{label}: {text}")?;
        } else {
            writeln!(out, "{label}: {text:<28} {DIM}; {comment}{DIM:#}")?;
        }
    }
    Ok(())
}

pub(super) fn write_c(dump: &Dump, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "/* {} on {} */", one_line(dump), dump.arch)?;
    writeln!(out, "#include <linux/filter.h>\n")?;
    writeln!(out, "static struct sock_filter filter[] = {{")?;
    for line in &dump.instructions {
        let Line {
            code, jt, jf, k, ..
        } = line;
        let note = note(line);
        writeln!(
            out,
            "\t{{ {code:#04x}, {jt:3}, {jf:3}, {k:#010x} }}, /* {note} */"
        )?;
    }
    writeln!(out, "}};\n")?;
    writeln!(out, "static struct sock_fprog program = {{")?;
    writeln!(out, "\t.len = sizeof(filter) / sizeof(filter[0]),")?;
    writeln!(out, "\t.filter = filter,\n}};")
}

pub(super) fn write_rust(dump: &Dump, out: &mut dyn Write) -> io::Result<()> {
    let count = dump.instructions.len();
    writeln!(out, "/// {} on {}", one_line(dump), dump.arch)?;
    writeln!(out, "#[rustfmt::skip]")?;
    writeln!(out, "pub static FILTER: [libc::sock_filter; {count}] = [")?;
    for line in &dump.instructions {
        let Line {
            code, jt, jf, k, ..
        } = line;
        let note = note(line);
        writeln!(
            out,
            "    libc::sock_filter {{ code: {code:#04x}, jt: {jt}, jf: {jf}, k: {k:#x} }}, // {note}"
        )?;
    }
    writeln!(out, "];")
}

fn note(line: &Line) -> String {
    if line.comment.is_empty() {
        line.text.clone()
    } else {
        format!("{}: {}", line.text, line.comment)
    }
}

/// The source, so that it ends no comment in any of the languages.
fn one_line(dump: &Dump) -> String {
    let words: Vec<_> = dump.source.split_whitespace().collect();
    words.join(" ").replace("*/", "* /")
}
