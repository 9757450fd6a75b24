//! What a report or an error tells the reader to write can be written.

mod faults;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use faults::{assert_right, faults};
use syscallset_compiler::action::Action;
use syscallset_compiler::compile::parse_for;
use syscallset_compiler::error::{Error, ErrorKind};
use syscallset_compiler::policy::Policy;
use syscallset_compiler::report::refused_calls;
use syscallset_compiler::resolve::resolve;
use syscallset_tables::Arch;

fn policy(filter: &str, arch: Arch) -> Result<Policy, Vec<Error>> {
    resolve(&parse_for(filter, arch)?, arch, Action::Trap)
}

/// Of these items the ones that mean something on the architecture: pointers cannot be tested, to begin with.
fn that_compile(items: Vec<String>, arch: Arch) -> Vec<String> {
    let filter = items.join(" ");
    let Err(errors) = policy(&filter, arch) else {
        return items;
    };
    let faulty: BTreeSet<usize> = errors
        .iter()
        .map(|error| filter[..error.span.start].matches(' ').count())
        .collect();
    let kept = items.into_iter().enumerate();
    let kept: Vec<_> = kept
        .filter(|(place, _)| !faulty.contains(place))
        .map(|(_, item)| item)
        .collect();
    policy(&kept.join(" "), arch).expect("the faults were in these items");
    kept
}

/// The item that a line of the table leads to: `pread64(4=0,5=0)`.
fn advised(line: &str) -> Option<String> {
    let fields: Vec<_> = line.split(' ').collect();
    let [_, call, _, parameters] = fields[..] else {
        panic!("`{line}` has four fields");
    };
    let mut item = format!("{call}(");
    for parameter in parameters.split(',').filter(|parameter| *parameter != "-") {
        let name = parameter.split(':').nth(2)?;
        write!(
            item,
            "{}{name}=0",
            if item.ends_with('(') { "" } else { "," }
        )
        .unwrap();
    }
    (!item.ends_with('(')).then(|| item + ")")
}

#[test]
fn arguments_are_named_as_conditions_may_name_them() {
    for arch in Arch::ALL {
        for word in 0..6 {
            let calls = arch.calls().iter();
            let items = calls
                .map(|call| format!("{}({word}=0)", call.name))
                .collect();
            let items = that_compile(items, *arch);
            assert!(items.len() > 5, "{} {word}", arch.name());
            let table = refused_calls(&policy(&items.join(" "), *arch).unwrap());
            let advice: Vec<_> = table.lines().filter_map(advised).collect();
            assert!(advice.len() > 5, "{} {word}", arch.name());
            if let Err(errors) = policy(&advice.join(" "), *arch) {
                let filter = advice.join(" ");
                let said: Vec<_> = errors
                    .iter()
                    .map(|error| error.headline(&filter).to_string())
                    .collect();
                panic!("{}: {}", arch.name(), said.join("; "));
            }
        }
    }
}

#[test]
fn what_was_probably_meant_takes_the_place_of_what_was_written() {
    for (written, meant) in [
        ("!ptrace", "@system-service ~ptrace"),
        ("^ptrce read", "@system-service ~ptrace read"),
        ("-@clock read", "@system-service ~@clock read"),
        ("@basic-io !mmap", "@basic-io ~mmap"),
        ("@basic-io ~!mmap", "@basic-io ~mmap"),
        ("@basic-io ~-@file-system", "@basic-io ~@file-system"),
        ("@basic-io ~mmpa openta", "@basic-io ~mmap openat"),
        ("@basic-oi", "@basic-io"),
    ] {
        let mut text = written.to_owned();
        for error in faults(written).iter().rev() {
            let (ErrorKind::UnknownCall { suggestion } | ErrorKind::UnknownSet { suggestion }) =
                &error.kind
            else {
                panic!("{written}: {error:?}");
            };
            let suggestion = suggestion.as_deref().expect("a name is near");
            text.replace_range(error.span.start..error.span.end, suggestion);
        }
        assert_eq!(text, meant, "{written}");
        assert_right(&text);
    }
}
