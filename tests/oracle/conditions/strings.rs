//! Random filter strings: the whole way through the compiler. seccompiler has one verdict for what
//! matches, so it is given a filter per item, and the last one that matches decides.

use std::collections::BTreeSet;

use proptest::prelude::*;
use seccompiler::{SeccompAction, SeccompFilter, TargetArch};
use syscallset_compiler::Arch;
use syscallset_compiler::action::Action;
use syscallset_compiler::compile::compile;
use syscallset_compiler::error::{ErrorKind, Undoing};

use super::meaning::{Comparison, all_hold, rules_for_peer};
use super::written::{Does, Item, items};
use super::{Both, Tally, registers, runner, seed};
use crate::peer;

/// `EACCES` on the three architectures here.
const EACCES: u16 = 13;

fn verdict(does: Does) -> Action {
    match does {
        Does::Allow => Action::Allow,
        Does::Refuse => Action::KillProcess,
        Does::Fail => Action::Errno(EACCES),
    }
}

/// The last item that is about this call and holds decides.
fn last(items: &[Item], nr: u32, holds: impl Fn(&Item) -> bool) -> Option<Does> {
    let matching = items.iter().filter(|item| item.number == nr && holds(item));
    matching.last().map(|item| item.does)
}

/// Compiles the items, without those that the language refuses because they say nothing: arithmetic
/// is asked about them all the same. `None` if that leaves none.
fn ours(items: &[Item], arch: Arch) -> Option<Both> {
    let mut left: Vec<&Item> = items.iter().collect();
    loop {
        if left.is_empty() {
            return None;
        }
        // A filter cannot begin with `~`.
        let mut source = "@default".to_owned();
        let mut starts = Vec::new();
        for item in &left {
            starts.push(source.len() + 1);
            source = format!("{source} {}", item.text);
        }
        let errors = match compile(&source, arch, Action::KillProcess) {
            Ok(program) => return Some(Both::new(program.instructions)),
            Err(errors) => errors,
        };
        let mut dropped = BTreeSet::new();
        for error in errors {
            let index = starts.partition_point(|start| *start <= error.span.start) - 1;
            match error.kind {
                ErrorKind::NothingChanged { .. } | ErrorKind::Contradiction => {}
                // No call gets to it.
                ErrorKind::Undone(undone) if undone.how != Undoing::Union => {}
                ErrorKind::ConstantCondition { holds } if !holds => {}
                // An item whose condition always holds says something, but not this; and so do two that
                // leave nothing out together.
                ErrorKind::Undone(_) | ErrorKind::ConstantCondition { .. } => return None,
                other => panic!("{}, \"{source}\": {other:?}", arch.name()),
            }
            dropped.insert(index);
        }
        let mut index = 0;
        left.retain(|_| {
            index += 1;
            !dropped.contains(&(index - 1))
        });
    }
}

/// A filter that allows what an item matches.
fn theirs(item: &Item, target: TargetArch) -> Both {
    let rules = if item.comparisons.is_empty() {
        Vec::new()
    } else {
        rules_for_peer(&item.comparisons)
    };
    let (kill, allow) = (SeccompAction::KillProcess, SeccompAction::Allow);
    let rules = [(i64::from(item.number), rules)].into();
    Both::of_peer(SeccompFilter::new(rules, kill, allow, target).expect("the actions differ"))
}

/// Compares the three about a filter string; `false` if it cannot be written.
fn compare(items: &[Item], arch: Arch, target: TargetArch, tally: &Tally) -> bool {
    let Some(ours) = ours(items, arch) else {
        return false;
    };
    let theirs: Vec<Both> = items.iter().map(|item| theirs(item, target)).collect();
    let native = arch.audit_arch();
    let numbers: BTreeSet<u32> = items.iter().map(|item| item.number).collect();
    for nr in numbers {
        let own: Vec<&[Comparison]> = items
            .iter()
            .filter(|item| item.number == nr)
            .map(|item| item.comparisons.as_slice())
            .collect();
        for args in registers(&own, seed(&own)) {
            let expected = last(items, nr, |item| all_hold(&item.comparisons, &args));
            let numbered = items.iter().zip(&theirs);
            let mut peers = numbered.filter(|(item, _)| item.number == nr);
            let other =
                peers.rfind(|(_, filter)| filter.run(native, nr, args) == Action::Allow.to_ret());
            let other = other.map(|(item, _)| item.does);
            let at = || {
                let texts: Vec<_> = items.iter().map(|item| item.text.as_str()).collect();
                format!("{} \"{}\" {args:#x?}", arch.name(), texts.join(" "))
            };
            assert_eq!(other, expected, "theirs: {}", at());
            let expected = verdict(expected.unwrap_or(Does::Refuse)).to_ret();
            assert_eq!(ours.run(native, nr, args), expected, "ours: {}", at());
            tally.add(other.is_some());
        }
    }
    tally.policies.set(tally.policies.get() + 1);
    true
}

#[test]
fn random_strings() {
    let tally = Tally::default();
    let strategies = peer::ARCHITECTURES.map(|(arch, _)| items(arch).boxed());
    let strategy = (0..strategies.len()).prop_flat_map(move |index| {
        strategies[index]
            .clone()
            .prop_map(move |items| (index, items))
    });
    let result = runner(150).run(&strategy, |(index, items)| {
        let (arch, target) = peer::ARCHITECTURES[index];
        let written = compare(&items, arch, target, &tally);
        prop_assume!(written);
        Ok(())
    });
    result.unwrap_or_else(|failure| panic!("{failure}"));
    tally.report("strings");
}
