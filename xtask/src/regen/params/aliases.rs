//! Second names of parameters, written by hand: those of the manual pages, and those of the same parameter in
//! another architecture's kernel.

use super::Result;
use super::snapshot::{Knowledge, Snapshot};
use std::collections::BTreeMap;

/// By call, then by the parameter's name.
pub(super) type Aliases = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// Reads lines of the form `call.parameter: alias alias`.
///
/// # Errors
/// An alias for a parameter that no ABI has, or one that is the name of another parameter of the call.
pub(super) fn parse(text: &str, snapshot: &Snapshot) -> Result<Aliases> {
    let mut aliases = Aliases::new();
    for (index, line) in text.lines().enumerate() {
        let at = |fault: String| format!("line {}: {fault}", index + 1);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (call, parameter, names) = line
            .split_once(": ")
            .and_then(|(head, names)| {
                let (call, parameter) = head.split_once('.')?;
                Some((call, parameter, names.split_whitespace()))
            })
            .ok_or_else(|| at("not of the form `call.parameter: alias`".into()))?;
        let names: Vec<_> = names.map(str::to_owned).collect();
        check(snapshot, call, parameter, &names).map_err(at)?;
        let call = aliases.entry(call.to_owned()).or_default();
        if call.insert(parameter.to_owned(), names).is_some() {
            return Err(at(format!("`{parameter}` comes twice")));
        }
    }
    Ok(aliases)
}

fn check(snapshot: &Snapshot, call: &str, parameter: &str, names: &[String]) -> Result<()> {
    let abis = snapshot
        .calls
        .get(call)
        .ok_or_else(|| format!("no call `{call}`"))?;
    let mut used = false;
    for knowledge in abis.values() {
        let Knowledge::Signature(signature) = knowledge else {
            continue;
        };
        if !signature.0.iter().any(|other| other.name == parameter) {
            continue;
        }
        used = true;
        // Its own name may be repeated, to be the first.
        let mut others = signature.0.iter().filter(|other| other.name != parameter);
        if let Some(other) = others.find(|other| names.contains(&other.name)) {
            return Err(format!(
                "`{call}` has another parameter named `{}`",
                other.name
            ));
        }
    }
    if used {
        Ok(())
    } else {
        Err(format!(
            "no ABI has `{call}` with a parameter `{parameter}`"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_needs_its_parameter_and_a_free_name() {
        let snapshot =
            Snapshot::parse("# Linux: 7.2\nsocket[*]: int family, int type, int protocol\n")
                .unwrap();
        let aliases = parse("# manual\nsocket.family: domain\n", &snapshot).unwrap();
        assert_eq!(aliases["socket"]["family"], ["domain"]);
        let aliases = parse("socket.family: family domain\n", &snapshot).unwrap();
        assert_eq!(aliases["socket"]["family"], ["family", "domain"]);
        let fault = |text| parse(text, &snapshot).unwrap_err();
        assert!(fault("socket.family: type").contains("another parameter named `type`"));
        assert!(fault("socket.domain: family").contains("no ABI has"));
        assert!(fault("sock.family: domain").contains("no call `sock`"));
        assert!(fault("socket.family: a\nsocket.family: b").contains("line 2"));
        assert!(fault("socket: domain").contains("not of the form"));
    }
}
