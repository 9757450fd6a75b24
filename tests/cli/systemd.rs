//! What `syscallset export --to systemd` writes means the same list by systemd's own rules.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use syscallset_compiler::action::Action;
use syscallset_compiler::compile::compile;
use syscallset_compiler::resolve;
use syscallset_tables::Arch;

use crate::command::{Scratch, installed, prints, refuses};

/// The sets of a release, as `systemd-analyze syscall-filter` prints them.
struct Release(BTreeMap<String, Vec<String>>);

impl Release {
    fn parse(text: &str) -> Self {
        let mut sets: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut current = String::new();
        for line in text.lines() {
            let word = line.trim();
            if line.starts_with('#') && !current.is_empty() {
                break;
            }
            if line.starts_with('@') {
                word.clone_into(&mut current);
                sets.entry(current.clone()).or_default();
            } else if !word.is_empty() && !word.starts_with('#') {
                sets.get_mut(&current).unwrap().push(word.to_owned());
            }
        }
        Self(sets)
    }

    fn members(&self, set: &str) -> Vec<String> {
        let members = self.0[set].iter();
        members
            .flat_map(|member| {
                if member.starts_with('@') {
                    self.members(member)
                } else {
                    vec![member.clone()]
                }
            })
            .collect()
    }

    fn all(&self) -> BTreeSet<String> {
        self.0.keys().flat_map(|set| self.members(set)).collect()
    }

    /// The list of a unit by `config_parse_syscall_filter` and `seccomp_parse_syscall_filter`: the first
    /// assignment decides what the list is one of, `~` goes for all of its words, and what is behind a `~`
    /// with an error of its own is put on a list of allowed calls to be refused with it.
    fn read(&self, unit: &str) -> (BTreeMap<String, Option<String>>, String, bool) {
        let known = self.all();
        let mut list: BTreeMap<String, Option<String>> = BTreeMap::new();
        let mut allowed = None;
        let mut violation = "kill".to_owned();
        let mut native = false;
        for line in unit.lines() {
            match line.split_once('=') {
                Some(("SystemCallErrorNumber", value)) => value.clone_into(&mut violation),
                Some(("SystemCallArchitectures", value)) => native = value == "native",
                Some(("SystemCallFilter", value)) => {
                    let inverted = value.starts_with('~');
                    let words = value.trim_start_matches('~').split_whitespace();
                    if allowed.is_none() {
                        allowed = Some(!inverted);
                        assert!(!inverted, "the list is one of allowed calls");
                        list.extend(
                            self.members("@default")
                                .into_iter()
                                .map(|call| (call, None)),
                        );
                    }
                    for word in words {
                        let (name, error) = match word.split_once(':') {
                            Some((name, error)) => (name, Some(error.to_owned())),
                            None => (word, None),
                        };
                        assert!(inverted || error.is_none(), "an allowed call has no error");
                        let names = if name.starts_with('@') {
                            self.members(name)
                        } else if known.contains(name) {
                            vec![name.to_owned()]
                        } else {
                            // Ignored.
                            continue;
                        };
                        for name in names {
                            if !inverted || error.is_some() {
                                list.insert(name, error.clone());
                            } else {
                                list.remove(&name);
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        (list, violation, native)
    }
}

const FILTERS: &[(&str, &str)] = &[
    ("@basic-io execve", "kill"),
    ("@system-service ~@network-io", "EPERM"),
    (
        "@system-service ~@privileged ~mount:EACCES ~ptrace:ENOSYS ~execve:EPERM",
        "kill",
    ),
    ("@known ~@mount ~@reboot ~seccomp ~mseal", "ENOSYS"),
    ("@basic-io ~futex_waitv:ENOSYS ~uname:kill", "EACCES"),
];

fn releases() -> Vec<(String, Release)> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../xtask/testdata");
    let mut releases: Vec<_> = ["252", "257", "262"]
        .iter()
        .map(|release| {
            let text = fs::read_to_string(format!("{root}/systemd-{release}.txt")).unwrap();
            ((*release).to_owned(), Release::parse(&text))
        })
        .collect();
    if let Some(analyze) = installed("systemd-analyze") {
        let output = Command::new(analyze)
            .arg("syscall-filter")
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        releases.push(("the one installed".to_owned(), Release::parse(&text)));
    }
    releases
}

#[test]
fn the_unit_is_the_same_list_in_every_release() {
    let arch = Arch::X86_64;
    for (filter, violation) in FILTERS {
        let export = [
            "export",
            "--arch",
            "x86_64",
            "--on-violation",
            violation,
            filter,
        ];
        let unit = prints(export.into_iter().chain(["--to", "systemd"]));
        let action = resolve::action(violation, arch).unwrap();
        let policy = compile(filter, arch, action).unwrap().policy;
        for (name, release) in releases() {
            let (list, default, native) = release.read(&unit);
            assert_eq!((default.as_str(), native), (*violation, true));
            let known = release.all();
            for call in arch.calls().iter().filter(|call| known.contains(call.name)) {
                let found = match list.get(call.name) {
                    Some(None) => Action::Allow,
                    Some(Some(error)) => resolve::action(error, arch).unwrap(),
                    None => action,
                };
                let decision = policy.decision(call.name);
                assert!(decision.rules.is_empty());
                assert_eq!(
                    decision.otherwise, found,
                    "{filter}: {} in {name}",
                    call.name
                );
            }
        }
    }
}

#[test]
fn systemd_accepts_the_unit() {
    let Some(analyze) = installed("systemd-analyze") else {
        return;
    };
    let output = Command::new(&analyze)
        .arg("syscall-filter")
        .output()
        .unwrap();
    let release = Release::parse(&String::from_utf8_lossy(&output.stdout));
    let known = release.members("@known");
    let scratch = Scratch::new();
    for (filter, violation) in FILTERS {
        let export = [
            "export",
            "--on-violation",
            violation,
            filter,
            "--to",
            "systemd",
        ];
        let unit = format!("{}ExecStart=/bin/true\n", prints(export));
        let file = scratch.write("syscallset.service", unit);
        let output = Command::new(&analyze)
            .args(["verify", &file])
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{filter}: {errors}");
        // Of names that are newer than itself, it says that it ignores them.
        for line in errors
            .lines()
            .filter(|line| line.contains("syscallset.service"))
        {
            let (_, name) = line
                .rsplit_once("Failed to parse system call, ignoring: ")
                .expect(line);
            assert!(!known.iter().any(|call| call == name), "{line}");
        }
    }
}

#[test]
fn what_a_unit_cannot_say_is_an_error() {
    for (filter, violation, fault) in [
        (
            "@basic-io socket(domain=AF_UNIX)",
            "kill",
            "`socket` is allowed under conditions",
        ),
        (
            "@basic-io ~mount:trap",
            "kill",
            "`mount` has the action trap",
        ),
        ("@basic-io", "trap", "violations have the action trap"),
        ("@basic-io", "log", "violations have the action log"),
    ] {
        let export = [
            "export",
            "--on-violation",
            violation,
            filter,
            "--to",
            "systemd",
        ];
        let said = refuses(export);
        assert!(said.contains(fault), "{said}");
    }
}
