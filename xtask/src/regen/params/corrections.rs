//! What the snapshot does not say or the kernel's source does not mean, written by hand with a reason for each.
//!
//! A block is a comment with the reason and below it one or more lines, up to a blank line:
//! `name[x86 arm]: signature` (or `-`) replaces or adds what these ABIs have, `name[x86 arm]: absent` takes it away,
//! `name.parameter: type` corrects one type wherever the call has this parameter.

use super::Result;
use super::signature::Parameter;
use super::snapshot::{Knowledge, Snapshot, head_of_line};

/// Changes the snapshot as the corrections say.
///
/// # Errors
/// A block without a reason, or a correction that changes nothing, since the reason for it then is history.
pub(super) fn apply(corrections: &str, snapshot: &mut Snapshot) -> Result<()> {
    let mut reason = false;
    for (index, line) in corrections.lines().enumerate() {
        let at = |fault: String| format!("line {}: {fault}", index + 1);
        if line.is_empty() {
            reason = false;
            continue;
        }
        if line.starts_with('#') {
            reason = true;
            continue;
        }
        if !reason {
            return Err(at(
                "a block begins with a comment that gives the reason".into()
            ));
        }
        let (head, body) = line
            .split_once(": ")
            .ok_or_else(|| at("no `: ` between name and signature".into()))?;
        match head.split_once('.') {
            Some((call, parameter)) if !head.contains('[') => {
                retype(snapshot, call, parameter, body).map_err(at)?;
            }
            _ => replace(snapshot, head, body).map_err(at)?,
        }
    }
    Ok(())
}

fn replace(snapshot: &mut Snapshot, head: &str, body: &str) -> Result<()> {
    let (name, abis) = head_of_line(head)?;
    let call = snapshot.calls.entry(name.to_owned()).or_default();
    if body == "absent" {
        return match abis.iter().find(|abi| call.remove(**abi).is_none()) {
            Some(abi) => Err(format!("`{name}` is absent on {abi} without a correction")),
            None => Ok(()),
        };
    }
    let knowledge = Knowledge::parse(body)?;
    for abi in abis {
        if call.insert(abi.to_owned(), knowledge.clone()).as_ref() == Some(&knowledge) {
            return Err(format!(
                "`{name}` is known like this on {abi} without a correction"
            ));
        }
    }
    Ok(())
}

fn retype(snapshot: &mut Snapshot, call: &str, parameter: &str, ctype: &str) -> Result<()> {
    let corrected = Parameter::new(ctype, parameter)?;
    let abis = snapshot
        .calls
        .get_mut(call)
        .ok_or_else(|| format!("no call `{call}`"))?;
    let mut changed = false;
    for knowledge in abis.values_mut() {
        let Knowledge::Signature(signature) = knowledge else {
            continue;
        };
        for other in &mut signature.0 {
            if other.name == parameter && *other != corrected {
                other.clone_from(&corrected);
                changed = true;
            }
        }
    }
    if changed {
        Ok(())
    } else {
        Err(format!(
            "no ABI has `{call}` with a parameter `{parameter}` of another type"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corrected(corrections: &str) -> Result<String> {
        let text = "# Linux: 7.2\nclone[arm]: ? clone\nmmap[arm x86]: unsigned long fd\n";
        let mut snapshot = Snapshot::parse(text)?;
        apply(corrections, &mut snapshot)?;
        Ok(snapshot.print())
    }

    #[test]
    fn both_kinds_change_the_snapshot() {
        let text = corrected(
            "# why\nclone[arm]: int fd\nset_tls[arm]: unsigned long val\n\n# cut\nmmap.fd: int\n",
        );
        assert_eq!(
            corrected("# why\nclone[arm]: absent").unwrap(),
            "# Linux: 7.2\n\nmmap[arm x86]: unsigned long fd\n"
        );
        assert_eq!(
            text.unwrap(),
            "# Linux: 7.2\n\nclone[arm]: int fd\nmmap[arm x86]: int fd\nset_tls[arm]: unsigned long val\n"
        );
    }

    #[test]
    fn a_correction_needs_a_reason_and_an_effect() {
        assert!(corrected("mmap.fd: int").unwrap_err().contains("reason"));
        assert!(
            corrected("# why\n\nmmap.fd: int")
                .unwrap_err()
                .contains("line 3")
        );
        assert!(
            corrected("# why\nmmap.fd: unsigned long")
                .unwrap_err()
                .contains("another type")
        );
        assert!(
            corrected("# why\nmmap.off: long")
                .unwrap_err()
                .contains("another type")
        );
        assert!(
            corrected("# why\nmunmap.off: long")
                .unwrap_err()
                .contains("no call")
        );
        let absent = corrected("# why\nmmap[csky]: absent").unwrap_err();
        assert!(absent.contains("absent on csky without a correction"));
        let again = corrected("# why\nmmap[x86]: unsigned long fd");
        assert!(again.unwrap_err().contains("without a correction"));
    }
}
