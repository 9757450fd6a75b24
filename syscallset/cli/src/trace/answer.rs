//! From what was seen to a filter string, and to what there is to say about it.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde::Serialize;

use super::record::{Begin, Record, Value};
use crate::cover::{Needs, Wish};
use crate::report::{Report, write_wrapped};
use crate::style::{BAD, DIM, HEADING, WARNING};

/// The report.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Answer {
    /// The filter string.
    pub(crate) filter: String,
    /// Whether no string for the same calls has fewer items.
    shortest: bool,
    /// What was wanted.
    #[serde(skip)]
    wish: Wish,
    #[serde(flatten)]
    needs: Needs,
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

impl Answer {
    /// Finds the string for a record.
    pub(crate) fn new(record: Record, wish: Wish, notes: Vec<String>) -> Self {
        let (made, beyond): (BTreeSet<&str>, BTreeSet<&str>) = record
            .calls
            .keys()
            .map(String::as_str)
            .partition(|call| wish.arch.number(call).is_some());
        let (found, extra) = wish.cover(&made);
        let mut all = made.clone();
        all.extend(record.refused.iter().map(|refused| refused.call.as_str()));
        all.retain(|call| wish.arch.number(call).is_some());
        Self {
            filter: found.to_string(),
            shortest: found.least == found.items.len(),
            wish,
            needs: Needs::new(&found, &made),
            extra,
            beyond: beyond.into_iter().map(str::to_owned).collect(),
            with_refused: (all.len() > made.len())
                .then(|| wish.cover(&all).0.to_string())
                .filter(|wider| *wider != found.to_string()),
            notes,
            record,
        }
    }
}

impl Report for Answer {
    const NAME: &'static str = "trace";

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{HEADING}\"{}\"{HEADING:#}", self.filter)?;
        self.needs.write(out)?;
        self.write_refused(out)?;
        if !self.extra.is_empty() {
            writeln!(out, "\n{WARNING}allowed, but not called:{WARNING:#}")?;
            write_wrapped(out, 4, &self.extra)?;
        }
        if !self.beyond.is_empty() {
            writeln!(out, "\n{WARNING}called, but beyond any filter:{WARNING:#}")?;
            write_wrapped(out, 4, &self.beyond)?;
            writeln!(
                out,
                "  no filter string allows these: a program that needs them cannot run under one"
            )?;
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
                "  a string that allows it as well: {HEADING}\"{filter}\"{HEADING:#}"
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
        remarks.extend(self.wish.about_sets(&self.filter));
        remarks.push(String::from(if self.wish.may_be_general() {
            "a trace shows what happened, not what can happen; sets (`--generalise`) bear other C libraries \
             better than single calls"
        } else {
            "a trace shows what happened, not what can happen"
        }));
        remarks
    }
}

#[cfg(test)]
mod tests {
    use syscallset_tables::{Arch, set};

    use super::{Answer, Record, Wish};
    use crate::trace::record::Call;

    fn remarks(calls: &[&str], wish: Wish) -> (String, Vec<String>) {
        let mut record = Record::new(wish.arch);
        let seen = calls
            .iter()
            .map(|call| ((*call).to_owned(), Call::default()));
        record.calls.extend(seen);
        let answer = Answer::new(record, wish, Vec::new());
        (answer.filter.clone(), answer.remarks())
    }

    #[test]
    fn remarks_are_about_the_string_that_was_wanted() {
        let all_but = |name: &str, left_out: &str| {
            let mut calls = Vec::new();
            set(name)
                .unwrap()
                .for_each_call(&mut |call| calls.push(call));
            calls.retain(|call| *call != left_out && Arch::X86_64.number(call).is_some());
            calls
        };
        let calls = all_but("@network-io", "listen");
        let exact = Wish {
            arch: Arch::X86_64,
            general: false,
            tight: false,
            allow_extra: 0,
        };
        let tight = Wish {
            tight: true,
            ..exact
        };
        let general = Wish {
            general: true,
            ..exact
        };
        let said =
            |remarks: &[String], what: &str| remarks.iter().any(|remark| remark.contains(what));

        let (filter, of_exact) = remarks(&calls, exact);
        assert!(
            filter.contains("@network-io") && filter.contains("~listen"),
            "{filter}"
        );
        assert!(said(&of_exact, "takes the others back") && said(&of_exact, "`--generalise`"));
        let (filter, of_tight) = remarks(&calls, tight);
        assert!(filter.contains("~listen"), "{filter}");
        assert!(said(&of_tight, "takes the others back") && !said(&of_tight, "`--generalise`"));
        let (_, of_general) = remarks(&calls, general);
        assert!(
            !said(&of_general, "takes the others back") && !said(&of_general, "`--generalise`")
        );

        // What is taken from the sets that every filter begins with is no set that stands for something else.
        let (filter, of_tight) = remarks(&all_but("@default", "mprotect"), tight);
        assert!(filter.contains("~mprotect"), "{filter}");
        assert!(!said(&of_tight, "takes the others back"), "{filter}");
    }
}
