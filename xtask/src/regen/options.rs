//! The command line of `regen-tables`.

use super::Result;
use std::path::PathBuf;

pub(super) const USAGE: &str = "\
usage: cargo xtask regen-tables [SOURCE…] [--check]

Writes the snapshots in syscallset-tables/data/ from the sources named, and the Rust tables from the
snapshots. Without any source: the sets of the installed systemd.

sources:
  --systemd-analyze PATH     the sets that this systemd-analyze prints
  --from FILE                the sets in a saved output of `systemd-analyze syscall-filter`
  --systemd-version STRING   the first line of `systemd-analyze --version` that belongs to FILE
  --headers DIR              system call and error numbers from the unpacked Debian package
                             linux-libc-dev (`dpkg-deb --raw-extract PACKAGE DIR`)
  --fetch-headers            the same from the newest linux-libc-dev of Debian sid
  --kernel-source DIR        the parameters of the calls from the unpacked Debian package linux-source-*;
                             with one for the headers, the constants from both (needs gcc for x86-64)
  --fetch-kernel-source      the same from the newest linux-source-* of Debian sid (170 MB)
  --from-snapshots           nothing new: the snapshots as they are (after an edit of rust-sets.txt)

  --into DIR                 the package to work on, instead of the syscallset-tables beside xtask
  --check                    write nothing; fail if the Rust tables differ from what the snapshots give
";

/// Where new snapshots come from.
#[derive(Debug, Default)]
pub(super) struct Sources {
    pub(super) systemd: Option<Systemd>,
    /// The unpacked package `linux-libc-dev`.
    pub(super) headers: Option<PathBuf>,
    /// The unpacked package `linux-source-*`.
    pub(super) kernel_source: Option<PathBuf>,
}

/// Where the sets come from.
#[derive(Debug)]
pub(super) enum Systemd {
    /// A `systemd-analyze` to run.
    Analyze(PathBuf),
    /// Its saved output, and the version it came from if the text itself does not say.
    Saved(PathBuf, Option<String>),
}

/// What a run is to do.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) sources: Sources,
    /// Whether the newest package is to be fetched and used as `Sources::headers`.
    pub(super) fetch_headers: bool,
    /// Whether the newest package is to be fetched and used as `Sources::kernel_source`.
    pub(super) fetch_kernel_source: bool,
    /// The package to work on, if it is not the usual one.
    pub(super) into: Option<PathBuf>,
    pub(super) check: bool,
}

impl Options {
    /// Reads the arguments after `regen-tables`; `None` asks for the usage.
    pub(super) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<Self>> {
        let mut analyze = None;
        let mut from = None;
        let mut version = None;
        let mut headers = None;
        let mut fetch_headers = false;
        let mut kernel_source = None;
        let mut fetch_kernel_source = false;
        let mut into = None;
        let mut as_they_are = false;
        let mut check = false;
        while let Some(argument) = arguments.next() {
            let mut value = || {
                arguments
                    .next()
                    .ok_or_else(|| format!("`{argument}` needs a value"))
            };
            match argument.as_str() {
                "--systemd-analyze" => analyze = Some(PathBuf::from(value()?)),
                "--from" => from = Some(PathBuf::from(value()?)),
                "--systemd-version" => version = Some(value()?),
                "--headers" => headers = Some(PathBuf::from(value()?)),
                "--fetch-headers" => fetch_headers = true,
                "--kernel-source" => kernel_source = Some(PathBuf::from(value()?)),
                "--fetch-kernel-source" => fetch_kernel_source = true,
                "--into" => into = Some(PathBuf::from(value()?)),
                "--from-snapshots" => as_they_are = true,
                "--check" => check = true,
                "--help" | "-h" => return Ok(None),
                _ => return Err(format!("no option `{argument}`\n{USAGE}")),
            }
        }
        if version.is_some() && from.is_none() {
            return Err(
                "`--systemd-version` goes with `--from`: a systemd-analyze says its version itself"
                    .into(),
            );
        }
        if fetch_headers && headers.is_some() {
            return Err(
                "`--headers` and `--fetch-headers` are two sources for the same numbers: give one"
                    .into(),
            );
        }
        if fetch_kernel_source && kernel_source.is_some() {
            return Err(
                "`--kernel-source` and `--fetch-kernel-source` are two sources for the same parameters: give one"
                    .into(),
            );
        }
        let kernel =
            fetch_headers || fetch_kernel_source || headers.is_some() || kernel_source.is_some();
        let systemd = match (analyze, from) {
            (Some(_), Some(_)) => {
                return Err(
                    "`--systemd-analyze` and `--from` are two sources for the same sets: give one"
                        .into(),
                );
            }
            (Some(path), None) => Some(Systemd::Analyze(path)),
            (None, Some(file)) => Some(Systemd::Saved(file, version)),
            (None, None) if kernel || as_they_are || check => None,
            (None, None) => Some(Systemd::Analyze("systemd-analyze".into())),
        };
        if (check || as_they_are) && (systemd.is_some() || kernel) {
            return Err(
                "`--check` and `--from-snapshots` read the snapshots alone: give no other source"
                    .into(),
            );
        }
        Ok(Some(Self {
            sources: Sources {
                systemd,
                headers,
                kernel_source,
            },
            fetch_headers,
            fetch_kernel_source,
            into,
            check,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::{Options, Systemd};
    use std::path::{Path, PathBuf};

    fn parse(arguments: &[&str]) -> Result<Options, String> {
        let options = Options::parse(arguments.iter().map(|&argument| argument.to_owned()))?;
        Ok(options.expect("no `--help` here"))
    }

    #[test]
    fn without_a_source_the_installed_systemd_is_asked() {
        for arguments in [&[][..], &["--into", "dir"]] {
            let sources = parse(arguments).unwrap().sources;
            let Some(Systemd::Analyze(program)) = sources.systemd else {
                panic!("no systemd");
            };
            assert_eq!(program, Path::new("systemd-analyze"));
            assert_eq!(sources.headers, None);
        }
    }

    #[test]
    fn a_source_is_used_alone() {
        let options = parse(&["--headers", "dir"]).unwrap();
        assert!(options.sources.systemd.is_none());
        assert_eq!(options.sources.headers, Some(PathBuf::from("dir")));
        assert!(
            parse(&["--fetch-headers"])
                .unwrap()
                .sources
                .systemd
                .is_none()
        );
        for arguments in [&["--check"], &["--from-snapshots"]] {
            let options = parse(arguments).unwrap();
            assert!(options.sources.systemd.is_none() && options.sources.headers.is_none());
        }
    }

    #[test]
    fn sources_combine() {
        let options = parse(&[
            "--headers",
            "dir",
            "--from",
            "file",
            "--systemd-version",
            "systemd 1 (1)",
        ])
        .unwrap();
        assert!(options.sources.headers.is_some());
        let Some(Systemd::Saved(_, Some(version))) = options.sources.systemd else {
            panic!("no saved text");
        };
        assert_eq!(version, "systemd 1 (1)");
    }

    #[test]
    fn contradictions_are_refused() {
        for (arguments, part) in [
            (&["--from"][..], "`--from` needs a value"),
            (&["--form", "x"], "no option `--form`"),
            (&["--systemd-version", "1"], "goes with `--from`"),
            (&["--from", "x", "--systemd-analyze", "y"], "give one"),
            (&["--headers", "x", "--fetch-headers"], "give one"),
            (
                &["--kernel-source", "x", "--fetch-kernel-source"],
                "give one",
            ),
            (&["--check", "--kernel-source", "x"], "give no other source"),
            (&["--check", "--from", "x"], "give no other source"),
            (&["--check", "--headers", "x"], "give no other source"),
            (
                &["--from-snapshots", "--fetch-headers"],
                "give no other source",
            ),
        ] {
            let message = parse(arguments).expect_err("must be refused");
            assert!(message.contains(part), "{message}");
        }
    }
}
