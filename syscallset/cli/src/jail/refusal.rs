//! What is said about a refused call.

use std::fmt;
use std::io::{self, Write};

use serde::{Serialize, Serializer};
use syscallset_compiler::filter::{Filter, Item};
use syscallset_compiler::policy::Policy;
use syscallset_compiler::report::{Advice, Remedy, deciding};
use syscallset_tables::{Arch, Kind, Param, Place};

use crate::describe::number;
use crate::report::Report;
use crate::spelling;

/// A refused call of a process that is not ours.
#[derive(Clone, Debug)]
pub(crate) struct Refusal<'a> {
    /// The filter in force.
    pub(crate) filter: &'a Filter<'a>,
    /// What it means.
    pub(crate) policy: &'a Policy,
    pub(crate) number: u32,
    pub(crate) args: [u64; 6],
    /// Address behind the instruction that made the call.
    pub(crate) address: u64,
    pub(crate) process: Process,
}

/// Who made the call, as far as `/proc` could tell.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Process {
    pub(crate) id: i32,
    pub(crate) name: String,
    pub(crate) thread: i32,
    pub(crate) thread_name: String,
}

/// The report in three lines, as that of a program that restricts itself, but for the place in the source and with all
/// arguments. There is a line break at the end.
impl fmt::Display for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.call().unwrap_or("?");
        write!(f, "syscallset: `{name}(")?;
        self.fmt_arguments(name, f)?;
        writeln!(
            f,
            ")` ({}) is not allowed by \"{}\"",
            self.number, self.filter
        )?;
        let Process {
            id,
            name: process,
            thread,
            thread_name,
        } = &self.process;
        write!(f, "            process `{process}` ({id})")?;
        if thread != id {
            write!(f, ", thread `{thread_name}` ({thread})")?;
        }
        writeln!(f, ", from {:#x}", self.address)?;
        f.write_str("      help: ")?;
        let condition = self.condition();
        match (self.remedy(), &condition) {
            (Remedy::Item(index), _) => {
                let item = &self.filter.items[index];
                if item.is_set() {
                    write!(
                        f,
                        "refused by `{item}`: allow just this call, behind it, with"
                    )?;
                } else if item.conditions.is_empty() {
                    write!(f, "refused by `{item}`: write in its place")?;
                } else {
                    write!(
                        f,
                        "refused by `{item}`: leave it out, or narrow it, to allow"
                    )?;
                }
            }
            (Remedy::Conditions, Some(condition)) => write!(
                f,
                "the arguments decide: allow these with `{condition}`, or all, instead of its conditions, with"
            )?,
            (Remedy::OtherConditions, Some(condition)) => {
                return writeln!(f, "the arguments decide: allow these with `{condition}`");
            }
            (Remedy::Several, _) => write!(
                f,
                "the arguments decide, by several items: `syscallset simulate` says by which, of"
            )?,
            (_, Some(condition)) => write!(
                f,
                "the arguments decide: allow these with `{condition}`, or all with"
            )?,
            (Remedy::Set(set), None) => {
                write!(f, "it is in {}; or allow just this call with", set.name)?;
            }
            (Remedy::Call | Remedy::Conditions | Remedy::OtherConditions, None) => {
                f.write_str("allow it with")?;
            }
        }
        writeln!(f, " `{name}`")
    }
}

impl Refusal<'_> {
    fn arch(&self) -> Arch {
        self.policy.arch
    }

    fn call(&self) -> Option<&'static str> {
        self.arch().name_of(self.number)
    }

    /// The item that allows the call with just these arguments, where they decide: `socket(domain=AF_INET)`.
    fn condition(&self) -> Option<String> {
        let call = self.call()?;
        let params = syscallset_tables::params(self.arch(), call)?;
        let tests = deciding(call, &self.policy.decision(call)).into_iter();
        let tests: Vec<_> = tests
            .map(|word| {
                let register = self.args[usize::from(word)];
                match params.whole_in_word(word) {
                    Some(param) => self.test(call, word, param),
                    // One of two registers has no name.
                    None => format!("{word}={register:#x}"),
                }
            })
            .collect();
        (!tests.is_empty()).then(|| format!("{call}({})", tests.join(",")))
    }

    /// `domain=AF_INET`
    fn test(&self, call: &str, word: u8, param: &Param) -> String {
        let value = self.value(param);
        let known = spelling::of_word(call, word, self.arch());
        let (_, value) = spelling::tested(known.as_ref(), None, value, || number(value));
        format!("{}={value}", param.manual_name())
    }

    fn remedy(&self) -> Remedy {
        let Some(call) = self.call() else {
            return Remedy::Call;
        };
        Advice::new(self.filter, self.policy).remedy(call)
    }

    /// `domain=2, type=1, protocol=0`
    fn fmt_arguments(&self, call: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (param, value)) in self.arguments(call).into_iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{}=", param.manual_name())?;
            if param.kind == Kind::Pointer {
                write!(f, "{value:#x}")?;
            } else {
                f.write_str(&number(value))?;
            }
        }
        Ok(())
    }

    /// The parameters of the call and what the kernel reads of them.
    fn arguments(&self, call: &str) -> Vec<(Param, u64)> {
        let params = syscallset_tables::params(self.arch(), call);
        let params = params.iter().flat_map(|params| params.iter());
        params.map(|param| (*param, self.value(param))).collect()
    }

    fn value(&self, param: &Param) -> u64 {
        let value = match param.place {
            Place::Word(word) => self.args[usize::from(word)],
            Place::Pair { low, high } => {
                self.args[usize::from(high)] << 32 | self.args[usize::from(low)]
            }
        };
        value & u64::MAX >> (64 - param.kind.bits(self.arch()))
    }
}

/// A refused call as a JSON object.
#[derive(Serialize)]
struct Refused<'a> {
    /// `null` for a number that the tables do not have.
    call: Option<&'static str>,
    number: u32,
    arguments: Vec<Argument>,
    /// Address behind the instruction that made the call.
    address: u64,
    filter: String,
    process: &'a Process,
    /// The item of the filter that refuses it, if one does.
    item: Option<String>,
    /// The item to add, with the arguments that decide; `null` where one refuses it, unless that is a set.
    allow: Option<String>,
    /// The set to add; `null` where that is no remedy, or each set that has the call is far wider.
    set: Option<&'static str>,
}

#[derive(Serialize)]
struct Argument {
    name: &'static str,
    value: u64,
}

impl<'a> From<&'a Refusal<'a>> for Refused<'a> {
    fn from(refusal: &'a Refusal<'a>) -> Self {
        let call = refusal.call();
        let arguments = refusal.arguments(call.unwrap_or_default()).into_iter();
        let remedy = refusal.remedy();
        let item = match remedy {
            Remedy::Item(index) => Some(&refusal.filter.items[index]),
            _ => None,
        };
        let allow = refusal.condition().or_else(|| call.map(str::to_owned));
        Self {
            call,
            number: refusal.number,
            arguments: arguments
                .map(|(param, value)| Argument {
                    name: param.manual_name(),
                    value,
                })
                .collect(),
            address: refusal.address,
            filter: refusal.filter.to_string(),
            process: &refusal.process,
            item: item.map(ToString::to_string),
            allow: allow
                .filter(|_| item.is_none_or(Item::is_set) && !matches!(remedy, Remedy::Several)),
            set: match remedy {
                Remedy::Set(set) => Some(set.name),
                _ => None,
            },
        }
    }
}

impl Serialize for Refusal<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Refused::from(self).serialize(serializer)
    }
}

impl Report for Refusal<'_> {
    const NAME: &'static str = "refused";

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        // In one piece, as others write there as well.
        out.write_all(self.to_string().as_bytes())
    }
}
