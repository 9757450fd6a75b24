//! The generated file: one line a call, or more where ABIs differ.

use super::super::abis;
use super::Result;
use super::aliases::Aliases;
use super::kind::Kind;
use super::snapshot::{Knowledge, Snapshot};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A signature as the tables have it.
type Row<'a> = Vec<(Kind, &'a str)>;

/// Writes all signatures, calls without one, and aliases as Rust.
///
/// # Errors
/// A call whose parameters are still unknown, or of an unknown type.
pub(super) fn emit(snapshot: &Snapshot, aliases: &Aliases) -> Result<String> {
    let mut signatures = String::new();
    let mut unimplemented = String::new();
    for (call, by_abi) in &snapshot.calls {
        let mut rows: BTreeMap<Row<'_>, Vec<&str>> = BTreeMap::new();
        let mut without: Vec<&str> = Vec::new();
        for (abi, knowledge) in by_abi {
            match knowledge {
                Knowledge::NotImplemented => without.push(abi),
                Knowledge::Signature(signature) => {
                    let row = signature
                        .0
                        .iter()
                        .map(|parameter| {
                            let kind = Kind::of(&parameter.ctype);
                            kind.map(|kind| (kind, parameter.name.as_str()))
                        })
                        .collect::<Result<_>>()
                        .map_err(|error| format!("`{call}` on {abi}: {error}"))?;
                    rows.entry(row).or_default().push(abi);
                }
                Knowledge::Unknown(entry) => {
                    return Err(format!(
                        "`{call}` on {abi}: nothing is known of its entry point `{entry}`; describe the call in `params-corrections.txt`"
                    ));
                }
            }
        }
        if !rows.is_empty() {
            let mut rows: Vec<_> = rows.into_iter().collect();
            rows.sort_by(|one, other| one.1.cmp(&other.1));
            for (row, abis) in &rows {
                let _ = writeln!(signatures, "    (\"{call}\", {}),", print_row(row, abis));
            }
        }
        if !without.is_empty() {
            let _ = writeln!(
                unimplemented,
                "    (\"{call}\", {}),",
                abis::expression(&without)
            );
        }
    }
    Ok(format!(
        "/// Parameters by call and ABI, sorted by call.\n\
         #[rustfmt::skip]\n\
         pub(super) static SIGNATURES: &[Signature] = &[\n{signatures}];\n\n\
         /// Numbers without a call behind them.\n\
         #[rustfmt::skip]\n\
         pub(super) static UNIMPLEMENTED: &[(&str, Abis)] = &[\n{unimplemented}];\n\n\
         /// Second names by call and parameter.\n\
         #[rustfmt::skip]\n\
         pub(super) static ALIASES: &[CallAliases] = &[\n{}];\n",
        print_aliases(aliases)
    ))
}

fn print_row(row: &Row<'_>, abis: &[&str]) -> String {
    let parameters: Vec<_> = row
        .iter()
        .map(|(kind, name)| format!("{} {name}", kind.name()))
        .collect();
    // One string a row takes a fraction of the time to compile that a list of pairs takes.
    let expression = abis::expression(abis);
    format!("{expression}, \"{}\"", parameters.join(","))
}

fn print_aliases(aliases: &Aliases) -> String {
    let mut text = String::new();
    for (call, parameters) in aliases {
        let parameters: Vec<_> = parameters
            .iter()
            .map(|(parameter, names)| format!("(\"{parameter}\", &[\"{}\"])", names.join("\", \"")))
            .collect();
        let _ = writeln!(text, "    (\"{call}\", &[{}]),", parameters.join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_stops_the_generator() {
        let snapshot = Snapshot::parse("# Linux: 7.2\nclone[arm]: ? clone\n").unwrap();
        let fault = emit(&snapshot, &Aliases::new()).unwrap_err();
        assert!(fault.contains("`clone` on arm") && fault.contains("params-corrections.txt"));
    }

    #[test]
    fn abis_that_differ_only_in_pointers_share_a_row() {
        let text = "# Linux: 7.2\nbreak[x86]: -\ntime[x86]: old_time32_t* tloc\ntime[* -x86]: long* tloc\nsync[x86 arm]: void\n";
        let emitted = emit(&Snapshot::parse(text).unwrap(), &Aliases::new()).unwrap();
        assert!(emitted.contains("    (\"sync\", ARM | X86, \"\"),\n"));
        assert!(emitted.contains("    (\"time\", ALL, \"Pointer tloc\"),\n"));
        assert!(emitted.contains("    (\"break\", X86),\n"));
    }
}
