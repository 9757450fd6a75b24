//! The filter strings that verdicts are compared for.

use proptest::prelude::*;
use syscallset_tables::{CALLS, SETS};

/// Every set, alone and taken away from all others, and combinations that people write.
pub(crate) fn strings() -> Vec<String> {
    let mut strings = vec![String::new()];
    for set in SETS {
        strings.push(set.name.to_owned());
        strings.push(format!("@known ~{}", set.name));
        strings.push(format!("@system-service ~{}:EPERM @default", set.name));
        strings.push(format!("@known ~{} @default @rust-runtime", set.name));
    }
    let written = [
        "@basic-io ~@io-event",
        "@basic-io @file-system @io-event",
        "@system-service ~@process ~@setuid",
        "@system-service ~@process ~@setuid ~@basic-io",
        "@known ~@clock ~@module ~@mount ~@reboot ~@swap ~@raw-io ~@debug",
        "@basic-io ~@basic-io",
        "@basic-io ~@basic-io @basic-io",
        "~@basic-io:EPERM",
        "read write ~read:EPERM read ~write:ENOSYS",
        "@system-service ~@privileged chown ~chown:EACCES",
        "@network-io ~socket:EAFNOSUPPORT ~bind:EACCES",
        "@default @rust-runtime",
        "@known ~execve ~execveat",
    ];
    // A filter cannot begin with `~`.
    strings.extend(
        written
            .iter()
            .map(|string| format!("@default {string}").trim().to_owned()),
    );
    strings
}

/// Any combination.
pub(crate) fn any_string() -> impl Strategy<Value = String> {
    let set = (0..SETS.len()).prop_map(|index| SETS[index].name);
    let call = (0..CALLS.len()).prop_map(|index| CALLS[index]);
    let name = prop_oneof![2 => set, 3 => call];
    let prefix = prop_oneof![3 => Just("~"), 5 => Just("")];
    let errno =
        prop_oneof![3 => Just(""), 1 => Just(":EPERM"), 1 => Just(":ENOENT"), 1 => Just(":ENOSYS")];
    let item = (prefix, name, errno).prop_map(|(prefix, name, errno)| {
        let errno = if prefix.is_empty() { "" } else { errno };
        format!("{prefix}{name}{errno}")
    });
    // Names that no architecture has are faults of their own.
    let known = |item: &String| {
        let name = item.trim_start_matches('~').split(':').next().unwrap_or("");
        name.starts_with('@')
            || syscallset_tables::Arch::ALL
                .iter()
                .any(|arch| arch.number(name).is_some())
    };
    prop::collection::vec(item.prop_filter("calls without a number", known), 0..12)
        .prop_map(|items| format!("@default {}", items.join(" ")))
}
