//! A second opinion on the definitions: the prototypes in `include/linux/syscalls.h`.
//!
//! Most architectures do not compile them, so that nothing but eyes keeps them right; still, a difference is worth
//! a look before it goes into the tables.

use super::Result;
use super::kind::Kind;
use super::signature::{Parameter, Signature};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Compares each definition that `find` knows with its prototype, and returns how many there are.
///
/// # Errors
/// A definition that no prototype of the same name agrees with. Where the kernel's configuration decides, the header
/// has one for each case.
pub(super) fn check<'a>(
    header: &str,
    find: impl Fn(&str) -> Option<&'a Signature>,
) -> Result<usize> {
    let mut compared = 0;
    let mut faults = String::new();
    for (entry, prototypes) in prototypes(header)? {
        let Some(definition) = find(&entry) else {
            continue;
        };
        compared += 1;
        let defined = definition
            .0
            .iter()
            .map(|parameter| Kind::of(&parameter.ctype))
            .collect::<Result<Vec<_>>>()?;
        if !prototypes.contains(&defined) {
            let _ = write!(
                faults,
                "\n  `{entry}`: prototype {prototypes:?}, definition {defined:?}"
            );
        }
    }
    if faults.is_empty() {
        Ok(compared)
    } else {
        Err(format!(
            "`include/linux/syscalls.h` differs from the definitions; find out which is right:{faults}"
        ))
    }
}

/// Entry points and the kinds of their parameters.
fn prototypes(header: &str) -> Result<BTreeMap<String, Vec<Vec<Kind>>>> {
    let mut found: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for text in header.split("asmlinkage long sys_").skip(1) {
        // The macro that declares calls without parameters.
        if text.starts_with("##") {
            continue;
        }
        let at = |error: String| format!("`include/linux/syscalls.h`: {error}");
        let (head, _) = text.split_once(';').unwrap_or((text, ""));
        let (entry, parameters) = head
            .trim_end()
            .strip_suffix(')')
            .and_then(|head| head.split_once('('))
            .ok_or_else(|| at(format!("no prototype in `{head}`")))?;
        let parameters = parameters.split_whitespace().collect::<Vec<_>>().join(" ");
        let kinds = if parameters == "void" {
            Ok(Vec::new())
        } else {
            parameters
                .split(',')
                .map(|parameter| kind(parameter.trim()))
                .collect()
        };
        let kinds = kinds.map_err(|error| at(format!("`{entry}`: {error}")))?;
        found.entry(entry.to_owned()).or_default().push(kinds);
    }
    Ok(found)
}

/// The kind of a parameter that may come without a name.
fn kind(parameter: &str) -> Result<Kind> {
    let unnamed = Kind::of(&Parameter::new(parameter, "unnamed")?.ctype);
    match parameter.rfind([' ', '*']) {
        Some(at) if unnamed.is_err() => {
            let ctype = &parameter[..=at];
            Kind::of(&Parameter::new(ctype, "named")?.ctype)
        }
        _ => unnamed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "asmlinkage long sys_sync(void);\nasmlinkage long sys_dup3(unsigned int oldfd,\n\t\
                          unsigned, int flags);\nasmlinkage long sys_send(int, void __user *, size_t);\n";

    #[test]
    fn names_are_optional() {
        let expected = [
            ("sync", vec![]),
            ("dup3", vec![Kind::U32, Kind::U32, Kind::I32]),
            ("send", vec![Kind::I32, Kind::Pointer, Kind::Ulong]),
        ];
        let found = prototypes(HEADER).unwrap();
        let expected = expected.map(|(entry, kinds)| (entry.to_owned(), vec![kinds]));
        assert_eq!(found, BTreeMap::from(expected));
        assert!(prototypes("asmlinkage long sys_dup(wide_t fd);").is_err());
    }

    #[test]
    fn differences_are_faults() {
        let right = Signature::parse("int fd, void* buf, size_t len").unwrap();
        let wrong = Signature::parse("int fd, void* buf, unsigned int len").unwrap();
        let find = |of| move |entry: &str| (entry == "send").then_some(of);
        assert_eq!(check(HEADER, find(&right)).unwrap(), 1);
        assert!(
            check(HEADER, find(&wrong))
                .unwrap_err()
                .contains("`send`: prototype")
        );
    }
}
