//! A program's calls beside a filter.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde::Serialize;
use syscallset_compiler::policy::{IMPLICIT_SETS, Policy};
use syscallset_profile::Profile;
use syscallset_tables::set;

use super::answer::from_name;
use super::chain::Way;
use super::limits::Limits;
use crate::describe::DecisionText;
use crate::report::{Report, write_wrapped};
use crate::style::{BAD, DIM, GOOD, HEADING, WARNING};

/// What a program can call and a filter allows, and where they differ.
#[derive(Debug, Serialize)]
pub(crate) struct Check {
    filter: String,
    arch: &'static str,
    from: &'static str,
    /// The calls that the program can make and the filter refuses.
    refused: Vec<Refused>,
    /// The calls that the program can make and the filter allows with some arguments only.
    conditional: Vec<DecisionText>,
    /// The calls that the filter allows and the program can never make, those of every filter left out.
    never: Vec<&'static str>,
    #[serde(flatten)]
    limits: Limits,
}

#[derive(Debug, Serialize)]
struct Refused {
    call: &'static str,
    #[serde(flatten)]
    chain: Option<Way>,
}

impl Check {
    pub(crate) fn new(profile: &Profile, filter: &str, policy: &Policy) -> Self {
        let calls: BTreeSet<&str> = profile.calls().into_iter().collect();
        let mut refused = Vec::new();
        let mut conditional = Vec::new();
        let mut never = Vec::new();
        let mut implicit = IMPLICIT_SETS.iter().filter_map(|name| set(name));
        let implicit: BTreeSet<&str> = implicit
            .by_ref()
            .flat_map(|set| {
                policy
                    .arch
                    .calls()
                    .iter()
                    .map(|call| call.name)
                    .filter(|call| set.contains(call))
            })
            .collect();
        for call in policy.arch.calls() {
            let decision = policy.decision(call.name);
            let can = calls.contains(call.name);
            if can && decision.is_refused() {
                let chain = profile.explain(call.name).map(|chain| Way::new(&chain));
                refused.push(Refused {
                    call: call.name,
                    chain,
                });
            } else if can && !decision.is_allowed() {
                conditional.push(DecisionText::new(call.name, &decision, policy.arch));
            } else if !can && !decision.is_refused() && !implicit.contains(call.name) {
                never.push(call.name);
            }
        }
        Self {
            filter: filter.to_owned(),
            arch: policy.arch.name(),
            from: from_name(profile.from()),
            refused,
            conditional,
            never,
            limits: Limits::new(profile, false),
        }
    }

    /// 1 if the filter refuses a call that the program can make.
    pub(crate) fn status(&self) -> u8 {
        u8::from(!self.refused.is_empty())
    }
}

impl Report for Check {
    const NAME: &'static str = "profile-check";

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "{HEADING}\"{}\"{HEADING:#} on {}, from {} on",
            self.filter, self.arch, self.from
        )?;
        if self.refused.is_empty() {
            writeln!(out, "\n{GOOD}every call that was found is allowed{GOOD:#}")?;
        }
        if self.refused.len() > 1 {
            let calls = self.refused.iter().map(|refused| refused.call);
            writeln!(out, "\n{BAD}refused, but can be called:{BAD:#}")?;
            write_wrapped(out, 4, calls)?;
            writeln!(out, "  and by which way, call by call:")?;
        }
        for Refused { call, chain } in &self.refused {
            writeln!(
                out,
                "\n{BAD}refused, but can be called:{BAD:#} {HEADING}{call}{HEADING:#}"
            )?;
            if let Some(chain) = chain {
                chain.write(out, 4)?;
            }
        }
        if !self.conditional.is_empty() {
            let calls = self.conditional.iter().map(|decision| decision.call);
            writeln!(
                out,
                "\n{WARNING}can be called, but is allowed under conditions:{WARNING:#}"
            )?;
            write_wrapped(out, 4, calls)?;
        }
        if !self.never.is_empty() {
            writeln!(out, "\n{DIM}allowed, but never called:{DIM:#}")?;
            write_wrapped(out, 4, &self.never)?;
        }
        writeln!(out)?;
        if !self.refused.is_empty() {
            writeln!(
                out,
                "{DIM}note:{DIM:#} what is refused kills only where the program gets there: allow those calls whose \
                 way it may take, and leave the others (as for `Command::uid` where no user is changed)"
            )?;
        }
        self.limits.write(out)
    }
}
