//! Sets of ABIs in snapshots and in generated code. The names are the columns of the snapshots of numbers, in the
//! order of the bits in `syscallset-tables/src/abi.rs`.

use super::Result;

/// Every ABI.
pub(super) const NAMES: &[&str] = &[
    "aarch64",
    "arm",
    "csky",
    "loongarch64",
    "m68k",
    "mips",
    "mips64",
    "powerpc",
    "powerpc64",
    "riscv32",
    "riscv64",
    "s390x",
    "x32",
    "x86",
    "x86_64",
];

/// Reads a list, `x86 arm` or `* -x86 -arm`.
pub(super) fn parse(list: &str) -> Result<Vec<&'static str>> {
    let mut words = list.split_whitespace().peekable();
    let mut abis = Vec::new();
    if words.next_if_eq(&"*").is_some() {
        abis.extend(NAMES);
    }
    for word in words {
        let name = word.strip_prefix('-').unwrap_or(word);
        let known = NAMES.iter().find(|known| **known == name);
        let known = *known.ok_or_else(|| format!("no ABI `{name}`"))?;
        if word.starts_with('-') {
            abis.retain(|abi| *abi != known);
        } else {
            abis.push(known);
        }
    }
    Ok(abis)
}

/// Writes the shorter list that `parse` reads.
pub(super) fn list(abis: &[&str]) -> String {
    if abis.len() <= NAMES.len() / 2 {
        return abis.join(" ");
    }
    let others = others(abis).into_iter();
    others.fold("*".to_owned(), |list, abi| list + " -" + abi)
}

/// The Rust expression for a set.
pub(super) fn expression(abis: &[&str]) -> String {
    let or = |abis: &[&str]| abis.join(" | ").to_ascii_uppercase();
    if abis.len() <= NAMES.len() / 2 {
        return or(abis);
    }
    let others = others(abis);
    match others.len() {
        0 => "ALL".to_owned(),
        1 => format!("ALL & !{}", or(&others)),
        _ => format!("ALL & !({})", or(&others)),
    }
}

fn others(abis: &[&str]) -> Vec<&'static str> {
    NAMES
        .iter()
        .copied()
        .filter(|name| !abis.contains(name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_back() {
        for text in ["x86", "arm x86", "*", "* -arm -x86"] {
            assert_eq!(list(&parse(text).unwrap()), text);
        }
        assert_eq!(parse("vax").unwrap_err(), "no ABI `vax`");
    }

    #[test]
    fn expressions_are_those_of_the_tables() {
        let of = |text| expression(&parse(text).unwrap());
        assert_eq!(of("*"), "ALL");
        assert_eq!(of("* -arm"), "ALL & !ARM");
        assert_eq!(of("* -arm -x86_64"), "ALL & !(ARM | X86_64)");
        assert_eq!(of("arm x86_64"), "ARM | X86_64");
    }
}
