//! Reading what the compiler prints: names, errors, values.

use super::Result;
use std::collections::{BTreeMap, BTreeSet};

/// A name that may be a constant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    pub(super) name: String,
    /// What a macro stands for.
    pub(super) body: String,
    /// The enumeration it is a member of, if it is not a macro; empty for one without a name.
    pub(super) enumeration: Option<String>,
}

/// Finds macros and enumerators in the output of `gcc -E -dD`.
pub(super) fn candidates(text: &str) -> BTreeSet<Candidate> {
    let mut found = BTreeSet::new();
    let mut undefined = BTreeSet::new();
    let mut code = String::new();
    for line in text.lines() {
        if line.starts_with("# ") {
            continue;
        }
        if let Some(definition) = line.strip_prefix("#define ") {
            let end = definition
                .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
                .unwrap_or(definition.len());
            let (name, body) = definition.split_at(end);
            if body.starts_with(' ') && !body.trim().is_empty() {
                undefined.remove(name);
                found.insert(Candidate {
                    name: name.to_owned(),
                    body: body.trim().to_owned(),
                    enumeration: None,
                });
            }
        } else if let Some(name) = line.strip_prefix("#undef ") {
            undefined.insert(name.trim());
        } else {
            code.push_str(line);
            code.push('\n');
            if code.contains('}') || code.contains(';') {
                found.extend(enumerators(&code));
                if !code.contains("enum") || code.contains('}') {
                    code.clear();
                }
            }
        }
    }
    found.retain(|candidate| !undefined.contains(candidate.name.as_str()));
    found
}

/// The names in every complete enumeration of some code.
fn enumerators(code: &str) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("enum") {
        let Some((head, rest)) = code[at + "enum".len()..].split_once('{') else {
            continue;
        };
        let Some((body, _)) = rest.split_once('}') else {
            continue;
        };
        let head = head.trim();
        if !head
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        {
            continue;
        }
        let mut depth = 0;
        for member in body.split(|letter: char| {
            match letter {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            letter == ',' && depth == 0
        }) {
            let name = member.split('=').next().unwrap_or_default().trim();
            if !name.is_empty() {
                found.push(Candidate {
                    name: name.to_owned(),
                    body: String::new(),
                    enumeration: Some(head.to_owned()),
                });
            }
        }
    }
    found
}

/// The names that errors of the compiler are about: the lines say `=NAME:1:…: error: …`.
pub(super) fn faulty_names(said: &str) -> BTreeSet<&str> {
    said.lines()
        .filter(|line| line.contains("error"))
        .filter_map(|line| line.strip_prefix('=')?.split(':').next())
        .collect()
}

/// Reads the initial values in an assembler text.
pub(super) fn values(text: &str) -> Result<BTreeMap<String, i128>> {
    let mut bytes: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    let mut label = "";
    for line in text.lines() {
        if let Some(name) = line.strip_suffix(':') {
            label = name;
            continue;
        }
        let mut words = line.split_whitespace();
        let (Some(directive), Some(operand)) = (words.next(), words.next()) else {
            continue;
        };
        let size = match directive {
            ".quad" => 8,
            ".long" => 4,
            ".byte" => 1,
            ".zero" => {
                let count = operand
                    .parse()
                    .map_err(|_| format!("`{line}` is not understood"))?;
                bytes.entry(label).or_default().extend(vec![0; count]);
                continue;
            }
            _ => continue,
        };
        let value: i128 = operand
            .parse()
            .map_err(|_| format!("`{line}` is not understood"))?;
        let value = &value.to_le_bytes()[..size];
        bytes.entry(label).or_default().extend(value);
    }
    let mut values = BTreeMap::new();
    for (label, value) in &bytes {
        let Some(name) = label.strip_prefix("value_") else {
            continue;
        };
        let negative = bytes.get(format!("negative_{name}").as_str());
        let (Ok(value), Some([negative])) = (
            <[u8; 8]>::try_from(value.as_slice()),
            negative.map(Vec::as_slice),
        ) else {
            return Err(format!("the compiler gave no value for `{name}`"));
        };
        let value = if *negative == 0 {
            i128::from(u64::from_le_bytes(value))
        } else {
            i128::from(i64::from_le_bytes(value))
        };
        values.insert(name.to_owned(), value);
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macros_and_enumerators_are_found() {
        let text = "# 1 \"linux/x.h\"\n#define GUARD_H\n#define AF_X 1\n#define IO(a) (a)\n#define GONE 1\n#undef GONE\n\
                    enum cmd {\n\tONE,\n\tTWO = 1 << (1 + 1),\n# 5 \"linux/x.h\"\n\tTHREE = TWO, };\n\
                    struct s { int member; };\nenum { FOUR = 4 };\nint f(enum cmd c);\n";
        let found: Vec<_> = candidates(text)
            .into_iter()
            .map(|candidate| (candidate.name, candidate.body, candidate.enumeration))
            .collect();
        let of = |name: &str, body: &str, enumeration: Option<&str>| {
            (
                name.to_owned(),
                body.to_owned(),
                enumeration.map(str::to_owned),
            )
        };
        let expected = [
            of("AF_X", "1", None),
            of("FOUR", "", Some("")),
            of("ONE", "", Some("cmd")),
            of("THREE", "", Some("cmd")),
            of("TWO", "", Some("cmd")),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn values_come_in_the_words_of_both_layouts() {
        let text = "value_A:\n\t.quad\t-100\nnegative_A:\n\t.byte\t1\nvalue_B:\n\t.long\t-1\n\t.long\t-1\n\
                    negative_B:\n\t.zero\t1\nvalue_C:\n\t.zero\t8\nnegative_C:\n\t.zero\t1\n\t.ident\t\"x\"\n";
        let values = values(text).unwrap();
        assert_eq!(values["A"], -100);
        assert_eq!(values["B"], i128::from(u64::MAX));
        assert_eq!(values["C"], 0);
        assert!(super::values("value_A:\n\t.quad\t1\n").is_err());
    }

    #[test]
    fn errors_name_their_constant() {
        let said = "=XATTR_NAME:1:20: error: invalid operands\n=XATTR_NAME:1:1: note: here\n/usr/x.h:3: error: no\n\
                    =SIG_DFL:1:2: error: void";
        assert_eq!(
            faulty_names(said),
            BTreeSet::from(["SIG_DFL", "XATTR_NAME"])
        );
    }
}
