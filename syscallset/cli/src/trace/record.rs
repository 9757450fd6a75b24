//! What programs were seen to do: the part of a report that the next run takes up.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use syscallset_tables::Arch;

/// What programs were seen to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// The architecture.
    pub(crate) arch: String,
    /// The commands that were run.
    pub(crate) runs: Vec<Run>,
    /// The calls that were made, by name: `#NUMBER` for numbers without a name, `ARCH:NAME` for
    /// calls of another architecture.
    pub(crate) calls: BTreeMap<String, Call>,
    /// The calls that a filter in force refused, or would have.
    pub(crate) refused: Vec<Refused>,
}

/// A command that was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Run {
    /// The command and its arguments; what is not UTF-8 is replaced.
    pub(crate) command: Vec<String>,
    /// From where on calls count.
    pub(crate) from: Begin,
    /// How it ended: an exit status or a signal.
    pub(crate) end: End,
}

/// From where on calls count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Begin {
    /// Execution of the command.
    Exec,
    /// The first instruction of the command's `main`.
    Main,
    /// The load of a filter, in each process that has loaded or inherited one.
    Filter,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum End {
    /// With an exit status.
    Status(i32),
    /// By a signal.
    Signal(i32),
}

/// A call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Call {
    /// How often it was made.
    pub(crate) count: u64,
    /// The files of the programs that made it.
    pub(crate) programs: BTreeSet<String>,
    /// The values of arguments that conditions commonly test, by the name of the parameter.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) arguments: BTreeMap<String, Value>,
}

/// The values of an argument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Value {
    /// These.
    These(BTreeSet<String>),
    /// Too many for a list.
    Many,
}

/// A call that a filter refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refused {
    /// The call.
    pub(crate) call: String,
    /// The filter's action, as filter strings and `--on-violation` have it.
    pub(crate) action: String,
    /// Whether the call was made all the same.
    pub(crate) let_pass: bool,
    /// How often.
    pub(crate) count: u64,
}

impl Record {
    /// Nothing, on this architecture.
    pub(crate) fn new(arch: Arch) -> Self {
        Self {
            arch: arch.name().to_owned(),
            runs: Vec::new(),
            calls: BTreeMap::new(),
            refused: Vec::new(),
        }
    }

    /// Takes in what a later run saw.
    ///
    /// # Errors
    ///
    /// Another architecture's record.
    pub(crate) fn merge(&mut self, other: Self) -> Result<(), String> {
        if other.arch != self.arch {
            return Err(format!(
                "it was made on {}, and this is {}",
                self.arch, other.arch
            ));
        }
        self.runs.extend(other.runs);
        for (name, call) in other.calls {
            self.calls.entry(name).or_default().merge(call);
        }
        for refused in other.refused {
            self.refuse(refused);
        }
        Ok(())
    }

    /// Adds refused calls.
    pub(crate) fn refuse(&mut self, refused: Refused) {
        let same = self.refused.iter_mut().find(|other| {
            (&other.call, &other.action, other.let_pass)
                == (&refused.call, &refused.action, refused.let_pass)
        });
        match same {
            Some(other) => other.count = other.count.saturating_add(refused.count),
            None => self.refused.push(refused),
        }
        self.refused
            .sort_by(|a, b| (&a.call, &a.action).cmp(&(&b.call, &b.action)));
    }
}

impl Call {
    /// Counts calls of a program.
    pub(crate) fn add(&mut self, count: u64, program: &str) {
        self.count = self.count.saturating_add(count);
        if !self.programs.contains(program) {
            self.programs.insert(program.to_owned());
        }
    }

    fn merge(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.programs.extend(other.programs);
        for (name, values) in other.arguments {
            let list = self.arguments.entry(name).or_default();
            match values {
                Value::These(values) => list.extend(values),
                Value::Many => *list = Value::Many,
            }
        }
    }
}

impl Default for Value {
    fn default() -> Self {
        Self::These(BTreeSet::new())
    }
}

impl Extend<String> for Value {
    fn extend<I: IntoIterator<Item = String>>(&mut self, values: I) {
        if let Self::These(these) = self {
            these.extend(values);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Record, Refused, Value};
    use syscallset_tables::Arch;

    fn record(call: &str, family: &str) -> Record {
        let mut record = Record::new(Arch::X86_64);
        let call = record.calls.entry(call.to_owned()).or_default();
        call.add(2, "/bin/true");
        call.arguments
            .entry("family".to_owned())
            .or_default()
            .extend([family.to_owned()]);
        let refused = Refused {
            call: "mount".to_owned(),
            action: "EPERM".to_owned(),
            let_pass: false,
            count: 1,
        };
        record.refuse(refused);
        record
    }

    #[test]
    fn merging_unites() {
        let mut both = record("socket", "AF_UNIX");
        both.merge(record("socket", "AF_INET")).unwrap();
        both.merge(record("socketpair", "AF_UNIX")).unwrap();
        assert_eq!(both.calls.len(), 2);
        assert_eq!(both.calls["socket"].count, 4);
        let Value::These(values) = &both.calls["socket"].arguments["family"] else {
            panic!("a list")
        };
        assert_eq!(values.iter().collect::<Vec<_>>(), ["AF_INET", "AF_UNIX"]);
        assert_eq!((both.refused.len(), both.refused[0].count), (1, 3));
    }

    #[test]
    fn too_many_stay_too_many() {
        let mut both = record("socket", "AF_UNIX");
        let mut other = record("socket", "AF_INET");
        other
            .calls
            .get_mut("socket")
            .unwrap()
            .arguments
            .insert("family".to_owned(), Value::Many);
        both.merge(other).unwrap();
        both.merge(record("socket", "AF_INET")).unwrap();
        assert_eq!(both.calls["socket"].arguments["family"], Value::Many);
    }

    #[test]
    fn architectures_do_not_mix() {
        assert!(
            record("read", "")
                .merge(Record::new(Arch::Aarch64))
                .is_err()
        );
    }

    #[test]
    fn json_keeps_everything() {
        let mut record = record("socket", "AF_UNIX");
        record
            .calls
            .get_mut("socket")
            .unwrap()
            .arguments
            .insert("type".to_owned(), Value::Many);
        let text = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), record);
    }
}
