//! Records about refused calls: of the audit log (`type=SECCOMP`, auditd(8)) and of the kernel's log
//! (`audit: type=1326`).

use syscallset_compiler::action::Action;
use syscallset_tables::Arch;

use crate::exchange::profile::{Completeness, Profile};

pub(super) fn import(text: &str, arch: Arch) -> Result<Profile, String> {
    let mut profile = Profile::new(arch, Action::KillProcess, Completeness::Needed);
    let mut foreign = 0_usize;
    let mut records = 0_usize;
    for (index, line) in text.lines().enumerate() {
        if !is_record(line) {
            continue;
        }
        records += 1;
        let at = |fault: &str| format!("line {}: a record {fault}", index + 1);
        let call = field(line, "syscall").ok_or_else(|| at("without `syscall=`"))?;
        if field(line, "arch").is_some_and(|word| !is_arch(word, arch)) {
            foreign += 1;
            continue;
        }
        // `ausearch -i` writes names.
        match call.parse() {
            Ok(number) => match arch.name_of(number) {
                Some(name) => profile.allow(name),
                None => profile.unknown.push(format!("number {number}")),
            },
            Err(_) if syscallset_tables::call(call).is_some() => profile.allow(call),
            Err(_) => return Err(at("whose `syscall=` is neither a number nor a name")),
        }
    }
    if records == 0 {
        return Err("there are no records about refused calls in it".to_owned());
    }
    if foreign > 0 {
        profile.notes.push(format!(
            "{foreign} records are about calls of other architectures; choose with `--arch`"
        ));
    }
    profile.unknown.sort();
    profile.unknown.dedup();
    Ok(profile)
}

fn is_record(line: &str) -> bool {
    line.split_whitespace()
        .any(|word| word == "type=SECCOMP" || word == "type=1326")
}

/// A field's value without quotation marks.
fn field<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    line.split_whitespace()
        .find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
        .map(|value| value.trim_matches('"'))
}

/// Whether the architecture word, or its name in the notation of `ausearch -i`, is this architecture's.
fn is_arch(word: &str, arch: Arch) -> bool {
    match u32::from_str_radix(word, 16) {
        Ok(number) => number == arch.audit_arch(),
        Err(_) => Arch::from_name(word) == Some(arch),
    }
}

#[cfg(test)]
mod tests {
    use syscallset_tables::Arch;

    use super::import;

    #[test]
    fn records_of_all_notations_are_read() {
        let log = r#"
type=SECCOMP msg=audit(1700000000.123:42): auid=1000 uid=0 gid=0 ses=1 pid=99 comm="a b" exe="/bin/x" sig=31 arch=c000003e syscall=257 compat=0 ip=0x7f code=0x80000000
[ 12.345] audit: type=1326 audit(1.2:3): pid=9 comm="y" arch=c000003e syscall=41 compat=0 ip=0x1 code=0x0
type=SECCOMP msg=audit(22/11/26 10:00:00.000:43) : arch=x86_64 syscall=mkdir compat=0
type=SECCOMP msg=audit(1.0:1): arch=40000003 syscall=5 compat=1
type=SYSCALL msg=audit(1.0:1): arch=c000003e syscall=2 success=yes
"#;
        let profile = import(log, Arch::X86_64).unwrap();
        let names: Vec<_> = profile.calls.into_keys().collect();
        assert_eq!(names, ["mkdir", "openat", "socket"]);
        assert_eq!(profile.notes.len(), 1);
    }

    #[test]
    fn malformed_records_are_refused() {
        assert!(import("", Arch::X86_64).is_err());
        assert!(import("type=SECCOMP arch=c000003e", Arch::X86_64).is_err());
        assert!(import("type=SECCOMP arch=c000003e syscall=?", Arch::X86_64).is_err());
    }
}
