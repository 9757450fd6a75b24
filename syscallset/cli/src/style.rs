//! Colours.

use anstyle::{AnsiColor, Style};
use clap::ValueEnum;

/// The value of `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// Where the output is a terminal and `NO_COLOR` and the like do not speak against it.
    #[default]
    Auto,
    /// Whatever the output is.
    Always,
    /// Not at all.
    Never,
}

impl Color {
    /// Makes it the choice of all streams of this process.
    pub(crate) fn write_global(self) {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

impl std::fmt::Display for Color {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        })
    }
}

/// Names of sets and other headings.
pub(crate) const HEADING: Style = Style::new().bold();
/// What is allowed or added.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What is refused or taken away.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
/// What deserves attention.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// What matters less.
pub(crate) const DIM: Style = Style::new().dimmed();
