//! The snapshot: one line a constant, `NAME value` if all ABIs agree, `NAME value [x86 arm] value [* -x86]` if not.

use super::super::abis;
use super::Result;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Values by name and ABI.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Snapshot {
    pub(super) constants: BTreeMap<String, BTreeMap<String, i128>>,
}

impl Snapshot {
    /// Reads what `print` writes.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let mut snapshot = Self::default();
        for (index, line) in text.lines().enumerate() {
            let at = |fault: String| format!("line {}: {fault}", index + 1);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (name, values) = line.split_once(' ').ok_or_else(|| at("no value".into()))?;
            let values = read_values(values).map_err(at)?;
            if snapshot.constants.insert(name.to_owned(), values).is_some() {
                return Err(at(format!("`{name}` comes twice")));
            }
        }
        if snapshot.constants.is_empty() {
            return Err("no constants".into());
        }
        Ok(snapshot)
    }

    /// Prints the constants, without the head of comments.
    pub(super) fn print(&self) -> String {
        let mut text = String::new();
        for (name, values) in &self.constants {
            text.push_str(name);
            for (value, group) in groups(values) {
                let _ = if group.len() == abis::NAMES.len() {
                    write!(text, " {value}")
                } else {
                    write!(text, " {value} [{}]", abis::list(&group))
                };
            }
            text.push('\n');
        }
        text
    }
}

/// The ABIs that share a value, those with the first ABI first.
pub(super) fn groups(values: &BTreeMap<String, i128>) -> Vec<(i128, Vec<&str>)> {
    let mut groups: Vec<(i128, Vec<&str>)> = Vec::new();
    for (abi, value) in values {
        match groups.iter_mut().find(|(other, _)| other == value) {
            Some((_, group)) => group.push(abi),
            None => groups.push((*value, vec![abi])),
        }
    }
    groups
}

fn read_values(text: &str) -> Result<BTreeMap<String, i128>> {
    let number = |text: &str| {
        let text = text.trim();
        text.parse::<i128>()
            .map_err(|_| format!("`{text}` is not a number"))
    };
    let mut values = BTreeMap::new();
    if !text.contains('[') {
        let value = number(text)?;
        values.extend(abis::NAMES.iter().map(|abi| ((*abi).to_owned(), value)));
        return Ok(values);
    }
    for group in text.split_terminator(']') {
        let (value, list) = group
            .split_once('[')
            .ok_or_else(|| format!("`{group}` does not name its ABIs"))?;
        let value = number(value)?;
        for abi in abis::parse(list)? {
            if values.insert(abi.to_owned(), value).is_some() {
                return Err(format!("two values for {abi}"));
            }
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_back() {
        let text = "AF_INET 2\nAT_FDCWD -100\nMAP_32BIT 64 [x32 x86 x86_64]\nO_DIRECTORY 16384 [aarch64 arm] 65536 [* -aarch64 -arm]\n";
        let snapshot = Snapshot::parse(text).unwrap();
        assert_eq!(snapshot.constants["AT_FDCWD"]["arm"], -100);
        assert_eq!(snapshot.constants["O_DIRECTORY"]["arm"], 16384);
        assert_eq!(snapshot.constants["O_DIRECTORY"]["x86"], 65536);
        assert_eq!(snapshot.constants["MAP_32BIT"].get("arm"), None);
        assert_eq!(snapshot.print(), text);
    }

    #[test]
    fn faults_are_named_with_their_line() {
        let fault = |text| Snapshot::parse(text).unwrap_err();
        assert!(fault("# head\nAF_INET").contains("line 2: no value"));
        assert!(fault("AF_INET two").contains("`two` is not a number"));
        assert!(fault("AF_INET 2\nAF_INET 2").contains("line 2: `AF_INET` comes twice"));
        assert!(fault("AF_INET 2 [arm] 3 [* -x86]").contains("two values for arm"));
        assert!(fault("AF_INET 2 [vax]").contains("no ABI `vax`"));
        assert!(fault("").contains("no constants"));
    }
}
