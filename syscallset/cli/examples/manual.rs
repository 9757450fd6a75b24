//! Writes the manual pages and completions of the command below a directory, laid out as below `/usr/share`.
//! `cargo xtask dist` runs it.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;

/// Where each shell looks for the completions of a command, and what the file is called there.
const COMPLETIONS: [(Shell, &str); 3] = [
    (Shell::Bash, "bash-completion/completions/syscallset"),
    (Shell::Zsh, "zsh/site-functions/_syscallset"),
    (Shell::Fish, "fish/vendor_completions.d/syscallset.fish"),
];

fn main() -> io::Result<()> {
    let Some(share) = std::env::args_os().nth(1) else {
        return Err(io::Error::other("the argument is a directory"));
    };
    let share = Path::new(&share);
    let mut command = syscallset_cli::command().disable_help_subcommand(true);
    command.build();

    let pages = share.join("man/man1");
    fs::create_dir_all(&pages)?;
    write_page(&command, None, &pages)?;
    for subcommand in command.get_subcommands() {
        if !subcommand.is_hide_set() {
            write_page(subcommand, Some(command.get_name()), &pages)?;
        }
    }
    // `cargo help syscallset` opens the page of this name.
    fs::write(pages.join("cargo-syscallset.1"), ".so man1/syscallset.1\n")?;

    for (shell, path) in COMPLETIONS {
        let path = share.join(path);
        let directory = path.parent().unwrap_or(share);
        fs::create_dir_all(directory)?;
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut command.clone(), "syscallset", &mut script);
        fs::write(path, script)?;
    }
    Ok(())
}

/// A page for a command, with the usage as `--help` has it.
fn write_page(command: &Command, parent: Option<&str>, pages: &Path) -> io::Result<()> {
    let name = command.get_name();
    let name = parent.map_or_else(|| name.to_owned(), |parent| format!("{parent}-{name}"));
    let usage = command.clone().render_usage().to_string();
    let man = Man::new(command.clone())
        .title(name.to_uppercase())
        .section("1")
        .manual("syscallset");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    writeln!(page, ".SH SYNOPSIS\n.nf")?;
    for line in usage.trim_start_matches("Usage: ").lines() {
        writeln!(page, "{}", roff(line.trim_start()))?;
    }
    writeln!(page, ".fi")?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    if let Some(notes) = command.get_after_long_help() {
        writeln!(page, ".SH NOTES")?;
        write_notes(&notes.to_string(), &mut page)?;
    }
    fs::write(pages.join(format!("{name}.1")), page)
}

/// Paragraphs; lines that are indented stay lines.
fn write_notes(text: &str, page: &mut Vec<u8>) -> io::Result<()> {
    for line in text.lines() {
        match line.trim_start() {
            "" => writeln!(page, ".PP")?,
            example if example.len() < line.len() => {
                writeln!(page, ".br\n\\ \\ {}", roff(example))?;
            }
            line => writeln!(page, "{}", roff(line))?,
        }
    }
    Ok(())
}

/// Text that troff takes as it is.
fn roff(text: &str) -> String {
    let text = text
        .replace('\\', "\\e")
        .replace('-', "\\-")
        .replace('\'', "\\(aq");
    if text.starts_with('.') {
        format!("\\&{text}")
    } else {
        text
    }
}
