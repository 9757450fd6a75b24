//! Counts calls while programs wait for each one: nothing here may take long.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use syscallset_tables::Arch;

use super::record::{Call, Record, Value};
use crate::spelling::{Argument, arguments};

/// Numbers below this are counted in an array.
const DENSE: usize = 1024;

/// More values of an argument than these are not a list that conditions could name.
const MANY: usize = 64;

/// One call, as a filter sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// The call number.
    pub(super) number: u32,
    /// The architecture word.
    pub(super) audit_arch: u32,
    /// The argument registers.
    pub(super) args: [u64; 6],
}

/// What was counted.
#[derive(Debug)]
pub(super) struct Tally {
    arch: Arch,
    audit_arch: u32,
    /// The first number: some architectures have theirs begin late.
    base: u32,
    /// By number, for each number below [`DENSE`]: how to read arguments, or nothing.
    watched: Vec<Vec<Argument>>,
    /// By program and number.
    dense: Vec<Vec<u64>>,
    /// By program, architecture word and number.
    sparse: BTreeMap<(usize, u32, u32), u64>,
    /// By number and position in `watched`.
    values: HashMap<(u32, usize), BTreeSet<u64>>,
}

impl Tally {
    pub(super) fn new(arch: Arch) -> Self {
        let base = base(arch);
        let mut watched = vec![Vec::new(); DENSE];
        for call in arch.calls() {
            let place = call.number.checked_sub(base).map(|number| number as usize);
            if let Some(place) = place.filter(|place| *place < DENSE) {
                watched[place] = arguments(arch, call.name);
            }
        }
        Self {
            arch,
            audit_arch: arch.audit_arch(),
            base,
            watched,
            dense: Vec::new(),
            sparse: BTreeMap::new(),
            values: HashMap::new(),
        }
    }

    /// Counts a call that a program made; programs are numbered.
    pub(super) fn count(&mut self, program: usize, seen: &Seen) {
        let place = seen.number.wrapping_sub(self.base) as usize;
        if seen.audit_arch != self.audit_arch || place >= DENSE {
            *self
                .sparse
                .entry((program, seen.audit_arch, seen.number))
                .or_default() += 1;
            return;
        }
        if self.dense.len() <= program {
            self.dense.resize_with(program + 1, || vec![0; DENSE]);
        }
        self.dense[program][place] += 1;
        for (index, argument) in self.watched[place].iter().enumerate() {
            let values = self.values.entry((seen.number, index)).or_default();
            if values.len() <= MANY {
                values.insert(argument.value(&seen.args));
            }
        }
    }

    /// Whether anything was counted.
    pub(super) fn is_empty(&self) -> bool {
        self.dense.is_empty() && self.sparse.is_empty()
    }

    /// Gives everything its name.
    pub(super) fn record(&self, programs: &[String], record: &mut Record) {
        let base = self.base;
        for (program, counts) in self.dense.iter().enumerate() {
            for (number, &count) in (base..).zip(counts).filter(|(_, count)| **count > 0) {
                let call = record.calls.entry(name(self.arch, number)).or_default();
                call.add(count, &programs[program]);
            }
        }
        for (&(program, audit_arch, number), &count) in &self.sparse {
            let call = full_name(self.arch, audit_arch, number);
            record
                .calls
                .entry(call)
                .or_default()
                .add(count, &programs[program]);
        }
        for (&(number, index), values) in &self.values {
            let argument = &self.watched[(number - base) as usize][index];
            let call: &mut Call = record.calls.entry(name(self.arch, number)).or_default();
            let list = call.arguments.entry(argument.name.to_owned()).or_default();
            if values.len() > MANY {
                *list = Value::Many;
            } else {
                list.extend(values.iter().map(|value| argument.spell(*value)));
            }
        }
    }
}

/// The first number of an architecture.
fn base(arch: Arch) -> u32 {
    arch.calls()
        .iter()
        .map(|call| call.number)
        .min()
        .unwrap_or(0)
}

/// The name of a call; of a number that no call has, the number behind a `#`.
pub(super) fn name(arch: Arch, number: u32) -> String {
    arch.name_of(number)
        .map_or_else(|| format!("#{number}"), str::to_owned)
}

/// The name of a call; if it is another architecture's, with that one's name before it.
pub(super) fn full_name(arch: Arch, audit_arch: u32, number: u32) -> String {
    let native = audit_arch == arch.audit_arch();
    if native && arch.name_of(number).is_some() {
        return name(arch, number);
    }
    // Several may have one word: x32's is that of x86-64.
    let others = Arch::ALL
        .iter()
        .filter(|other| **other != arch && other.audit_arch() == audit_arch);
    let named = others.clone().find(|other| other.name_of(number).is_some());
    match named.or_else(|| others.clone().next().filter(|_| !native)) {
        Some(other) => format!("{}:{}", other.name(), name(*other, number)),
        None if native => name(arch, number),
        None => format!("{audit_arch:#x}:#{number}"),
    }
}

/// The calls behind which something ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Endings {
    /// The program.
    pub(super) program: [Option<u32>; 2],
    /// The thread.
    pub(super) thread: [Option<u32>; 2],
    /// A signal handler.
    pub(super) handler: Option<u32>,
}

impl Endings {
    pub(super) fn new(arch: Arch) -> Self {
        Self {
            program: ["execve", "execveat"].map(|call| arch.number(call)),
            thread: ["exit", "exit_group"].map(|call| arch.number(call)),
            handler: arch.number("rt_sigreturn"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MANY, Seen, Tally};
    use crate::trace::record::{Record, Value};
    use syscallset_tables::Arch;

    fn record(arch: Arch, calls: &[(usize, u32, u32, u64)]) -> Record {
        let mut tally = Tally::new(arch);
        for &(program, audit_arch, number, argument) in calls {
            tally.count(
                program,
                &Seen {
                    number,
                    audit_arch,
                    args: [argument; 6],
                },
            );
        }
        let mut record = Record::new(arch);
        tally.record(&["/bin/one".to_owned(), "/bin/two".to_owned()], &mut record);
        record
    }

    #[test]
    fn calls_are_counted_by_program() {
        let word = Arch::X86_64.audit_arch();
        let record = record(
            Arch::X86_64,
            &[
                (0, word, 0, 9),
                (1, word, 0, 9),
                (1, word, 0, 9),
                (0, word, 41, 1),
            ],
        );
        assert_eq!(record.calls["read"].count, 3);
        assert_eq!(
            record.calls["read"].programs.iter().collect::<Vec<_>>(),
            ["/bin/one", "/bin/two"]
        );
        assert_eq!(
            record.calls["socket"].arguments["domain"],
            Value::These(["AF_UNIX".to_owned()].into())
        );
    }

    #[test]
    fn numbers_without_a_name_and_other_architectures_are_kept_apart() {
        let word = Arch::X86_64.audit_arch();
        let foreign = Arch::X86.audit_arch();
        let record = record(
            Arch::X86_64,
            &[
                (0, word, 5000, 0),
                (0, word, 335, 0),
                (0, foreign, 4, 0),
                (0, 7, 4, 0),
                (0, word, 0x4000_0001, 0),
            ],
        );
        let names: Vec<_> = record.calls.keys().map(String::as_str).collect();
        let unnamed = super::name(Arch::X86_64, 335);
        let mut expected = vec!["#5000", "0x7:#4", "x32:write", "x86:write", &unnamed];
        expected.sort_unstable();
        assert_eq!(names, expected);
    }

    #[test]
    fn architectures_whose_numbers_begin_late_are_counted_alike() {
        let arch = Arch::Mips;
        let record = record(
            arch,
            &[
                (0, arch.audit_arch(), 4003, 0),
                (0, arch.audit_arch(), 4183, 2),
            ],
        );
        assert_eq!(record.calls["read"].count, 1);
        assert!(record.calls["socket"].arguments.contains_key("domain"));
    }

    #[test]
    fn too_many_values_are_no_list() {
        let word = Arch::X86_64.audit_arch();
        let calls: Vec<_> = (0..=MANY as u64)
            .map(|value| (0, word, 16, value << 20))
            .collect();
        assert_eq!(
            record(Arch::X86_64, &calls).calls["ioctl"].arguments["cmd"],
            Value::Many
        );
    }
}
