//! From what was seen to a filter string, and to what there is to say about it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde::Serialize;
use syscallset_tables::{Arch, set};

use super::record::{Begin, Record, Value};
use crate::cover::{Cover, Implicit, Options, Scope, cover, generalise};
use crate::output::{Report, write_wrapped};
use crate::style::{BAD, DIM, HEADING, WARNING};

/// What kind of string is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
    /// The architecture that calls were seen on.
    pub(crate) arch: Arch,
    /// Sets rather than calls.
    pub(crate) general: bool,
    /// Without implicit calls that were not seen.
    pub(crate) tight: bool,
    /// How many harmless calls it may allow for the sake of fewer items.
    pub(crate) allow_extra: usize,
}

/// The report.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Answer {
    /// The filter string.
    pub(crate) filter: String,
    /// Whether no string for the same calls has fewer items.
    shortest: bool,
    /// Whether sets were wanted rather than calls.
    #[serde(skip)]
    general: bool,
    /// The items of the string and the calls that need them.
    items: Vec<Needed>,
    /// The calls made that every filter allows.
    implicit: Vec<String>,
    /// The calls that the string allows although they were not made.
    extra: Vec<String>,
    /// What was called and no filter can allow: other architectures' calls, and numbers without a name.
    beyond: Vec<String>,
    /// The string that allows what was refused as well, if anything was.
    #[serde(skip_serializing_if = "Option::is_none")]
    with_refused: Option<String>,
    /// What else there is to say.
    notes: Vec<String>,
    #[serde(flatten)]
    record: Record,
}

/// An item, and what it is needed for.
#[derive(Clone, Debug, Serialize)]
struct Needed {
    item: String,
    calls: Vec<String>,
}

impl Answer {
    /// Finds the string for a record.
    pub(crate) fn new(record: Record, wish: Wish, notes: Vec<String>) -> Self {
        let (made, beyond): (BTreeSet<&str>, BTreeSet<&str>) = record
            .calls
            .keys()
            .map(String::as_str)
            .partition(|call| wish.arch.number(call).is_some());
        let found = wish.cover(&made);
        let mut needed: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        let mut implicit = Vec::new();
        for call in &made {
            match found.items.iter().rposition(|item| names(item, call)) {
                Some(item) => needed.entry(item).or_default().push((*call).to_owned()),
                None => implicit.push((*call).to_owned()),
            }
        }
        let items = found.items.iter().enumerate().map(|(index, item)| Needed {
            item: item.clone(),
            calls: needed.remove(&index).unwrap_or_default(),
        });
        let mut all = made.clone();
        all.extend(record.refused.iter().map(|refused| refused.call.as_str()));
        all.retain(|call| wish.arch.number(call).is_some());
        Self {
            filter: found.to_string(),
            shortest: found.least == found.items.len(),
            general: wish.general,
            items: items.collect(),
            implicit,
            extra: wish.extra(&found, &made),
            beyond: beyond.into_iter().map(str::to_owned).collect(),
            with_refused: (all.len() > made.len()).then(|| wish.cover(&all).to_string()),
            notes,
            record,
        }
    }
}

impl Wish {
    fn cover(self, calls: &BTreeSet<&str>) -> Cover {
        let options = Options {
            // Another C library's calls may be those of other architectures, too.
            scope: if self.general {
                Scope::Everywhere
            } else {
                Scope::Arch(self.arch)
            },
            implicit: if self.tight {
                Implicit::Go
            } else {
                Implicit::Stay
            },
            allow_extra: self.allow_extra,
        };
        if self.general {
            cover(generalise(calls), &options)
        } else {
            cover(calls.iter().copied(), &options)
        }
    }

    fn extra(self, found: &Cover, made: &BTreeSet<&str>) -> Vec<String> {
        let mut extra: BTreeSet<&str> = found.extra.iter().copied().collect();
        if self.general {
            extra.extend(generalise(made));
        }
        extra.retain(|call| !made.contains(call) && self.arch.number(call).is_some());
        extra.into_iter().map(str::to_owned).collect()
    }
}

/// Whether an item says something about a call.
fn names(item: &str, call: &str) -> bool {
    let name = item.trim_start_matches('~');
    name == call || set(name).is_some_and(|set| set.contains(call))
}

impl Report for Answer {
    const NAME: &'static str = "trace";

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{HEADING}\"{}\"{HEADING:#}", self.filter)?;
        self.write_items(out)?;
        self.write_refused(out)?;
        if !self.extra.is_empty() {
            writeln!(out, "\n{WARNING}allowed, but not called:{WARNING:#}")?;
            write_wrapped(out, 4, &self.extra)?;
        }
        if !self.beyond.is_empty() {
            writeln!(out, "\n{WARNING}called, but beyond any filter:{WARNING:#}")?;
            write_wrapped(out, 4, &self.beyond)?;
        }
        self.write_arguments(out)?;
        writeln!(out)?;
        for note in self.notes.iter().cloned().chain(self.remarks()) {
            writeln!(out, "{DIM}note:{DIM:#} {note}")?;
        }
        Ok(())
    }
}

impl Answer {
    fn write_items(&self, out: &mut dyn Write) -> io::Result<()> {
        for Needed { item, calls } in &self.items {
            // A call by its own name needs itself.
            if calls.is_empty() || calls.len() == 1 && calls[0] == *item {
                continue;
            }
            writeln!(out, "\n{HEADING}{item}{HEADING:#}")?;
            write_wrapped(out, 4, calls)?;
        }
        if !self.implicit.is_empty() {
            writeln!(out, "\n{DIM}allowed by every filter{DIM:#}")?;
            write_wrapped(out, 4, &self.implicit)?;
        }
        Ok(())
    }

    fn write_refused(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.record.refused.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{BAD}refused by the filter in force{BAD:#}")?;
        for refused in &self.record.refused {
            let times = if refused.count == 1 {
                String::new()
            } else {
                format!(", {} times", refused.count)
            };
            let made = if refused.let_pass { ", let pass" } else { "" };
            writeln!(out, "    {}: {}{made}{times}", refused.call, refused.action)?;
        }
        if let Some(filter) = &self.with_refused {
            writeln!(
                out,
                "  to allow it as well: {HEADING}\"{filter}\"{HEADING:#}"
            )?;
        }
        Ok(())
    }

    fn write_arguments(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut heading = Some("what conditions could test");
        for (name, call) in &self.record.calls {
            let lists = call
                .arguments
                .iter()
                .filter_map(|(parameter, values)| match values {
                    Value::These(values) if !values.is_empty() => Some((parameter, values)),
                    _ => None,
                });
            for (parameter, values) in lists {
                if let Some(heading) = heading.take() {
                    writeln!(out, "\n{DIM}{heading}{DIM:#}")?;
                }
                let values: Vec<_> = values.iter().map(String::as_str).collect();
                writeln!(out, "    {name}({parameter}): {}", values.join(", "))?;
            }
        }
        Ok(())
    }

    /// Whether some run was counted from the execution of its command on.
    pub(crate) fn begins_at_exec(&self) -> bool {
        self.record.runs.iter().any(|run| run.from == Begin::Exec)
    }

    /// What the numbers mean.
    fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        let runs = &self.record.runs;
        let all = |begin| !runs.is_empty() && runs.iter().all(|run| run.from == begin);
        if all(Begin::Exec) {
            remarks.push(
                "counted from the execution of the command on, as `syscallset run` needs it; a program that \
                 restricts itself needs less (`--from main`)"
                    .to_owned(),
            );
        } else if all(Begin::Filter) {
            remarks.push("counted from where the programs load their filters on".to_owned());
        }
        let descriptors = self.record.calls.get("fcntl");
        let checks = descriptors.and_then(|call| call.arguments.get("cmd"));
        if checks.is_some_and(
            |values| matches!(values, Value::These(values) if values.iter().eq(["F_GETFD"])),
        ) {
            remarks.push(
                "debug builds of std call `fcntl(cmd=F_GETFD)` before each `close`; the attribute allows it \
                 there, and release builds do not need it"
                    .to_owned(),
            );
        }
        if !self.shortest {
            remarks.push("there may be a shorter string for the same calls".to_owned());
        }
        if !self.general && self.names_a_set_for_its_calls() {
            remarks.push(
                "the shortest string for exactly these calls: a set stands there for most of them, whatever its name \
                 says, and `~` takes the others back; `--generalise` names sets for what they are about"
                    .to_owned(),
            );
        }
        remarks.push(String::from(if self.general {
            "a trace shows what happened, not what can happen"
        } else {
            "a trace shows what happened, not what can happen; sets (`--generalise`) bear other C libraries \
             better than single calls"
        }));
        remarks
    }

    /// Whether calls of a set are taken back, other than those that every filter begins with.
    fn names_a_set_for_its_calls(&self) -> bool {
        let mut items = self.filter.split(' ');
        items.clone().any(|item| item.starts_with('@')) && items.any(|item| item.starts_with('~'))
    }
}
