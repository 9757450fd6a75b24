//! What is aimed at and can be counted: no clock decides here.
#![allow(
    clippy::cast_precision_loss,
    reason = "programs are shorter than 2^53 instructions"
)]

use std::collections::BTreeSet;

use syscallset_bench::candidates::Candidate;
use syscallset_bench::counts::{allowed_numbers, count};
use syscallset_bench::lists::LISTS;
use syscallset_bench::peers::libseccomp::Libseccomp;
use syscallset_bench::targets::{
    LIBSECCOMP_EXECUTED, MINIJAIL_TREE, OF_LIBSECCOMP_TREE, OVER_LOWER_BOUND,
};
use syscallset_compiler::action::Action;
use syscallset_compiler::plan::lower_bound;

#[test]
fn programs_are_near_the_lower_bound() {
    for list in LISTS {
        let found = Candidate::List.program(list, None).unwrap().len();
        let bound = lower_bound(&list.two_actions(Action::KillProcess)) as f64;
        let most = bound * OVER_LOWER_BOUND;
        assert!(found as f64 <= most, "{list:?}: {found} of {bound}");
    }
}

#[test]
fn programs_are_shorter_than_the_shortest_of_others() {
    for (list, minijail) in LISTS.into_iter().zip(MINIJAIL_TREE) {
        let found = Candidate::List.program(list, None).unwrap().len();
        assert!(found <= minijail, "{list:?}: {found}");
    }
}

#[test]
fn decisions_take_fewer_instructions_than_in_libseccomps_tree() {
    for (list, (allowed, refused)) in LISTS.into_iter().zip(LIBSECCOMP_EXECUTED) {
        let counts = count(&Candidate::List.program(list, None).unwrap());
        let found = counts.allowed.unwrap().mean;
        assert!(found <= allowed * OF_LIBSECCOMP_TREE, "{list:?}: {found}");
        let found = counts.refused.unwrap().mean;
        assert!(found <= refused * OF_LIBSECCOMP_TREE, "{list:?}: {found}");
    }
}

/// The comparison is one of equals: everybody's programs allow the same calls.
#[test]
fn all_programs_for_a_list_allow_the_same_calls() {
    let scratch = env!("CARGO_TARGET_TMPDIR");
    let libseccomp = Libseccomp::build(scratch.as_ref()).ok();
    for list in LISTS {
        for candidate in Candidate::all(libseccomp.as_ref()) {
            let expected: BTreeSet<u32> = match candidate {
                Candidate::FilterString => list.policy_numbers(),
                Candidate::ArchCheck | Candidate::Allow => (0..=480).collect(),
                _ => list.numbers(),
            };
            for errno in [None, Some(1)] {
                let program = candidate.program(list, errno).unwrap();
                assert_eq!(
                    allowed_numbers(&program),
                    expected,
                    "{list:?}: {candidate:?}"
                );
            }
        }
    }
}
