//! Random policies with conditions: our program, seccompiler's, and plain arithmetic agree about every
//! call, also about those that a condition barely tells from others.
//!
//! `SYSCALLSET_ORACLE_POLICIES` is how many policies there are per test, a few hundred if not set.

mod meaning;
mod policies;
mod registers;
mod strings;
mod written;

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use seccompiler::{SeccompFilter, TargetArch};
use syscallset_compiler::Arch;
use syscallset_compiler::action::Action;
use syscallset_compiler::assemble::assemble;
use syscallset_compiler::insn::Insn;
use syscallset_compiler::interpret::{Data, interpret};
use syscallset_compiler::verify::{Mismatch, verify};
use syscallset_tests::sys::sample::{ALLOWED, NOT_SAMPLED, sample};

use crate::{peer, tiny};
use meaning::Comparison;
use policies::{Policy, policy};
use registers::registers;

/// How many random policies a test is about.
fn count(default: u32) -> u32 {
    match std::env::var("SYSCALLSET_ORACLE_POLICIES") {
        Err(_) => default,
        Ok(count) => count
            .parse()
            .expect("`SYSCALLSET_ORACLE_POLICIES` is a number"),
    }
}

fn runner(default: u32) -> TestRunner {
    TestRunner::new(ProptestConfig {
        failure_persistence: None,
        // Strings that say nothing are not counted.
        max_global_rejects: 4 * count(default),
        ..ProptestConfig::with_cases(count(default))
    })
}

/// What was compared, so that a test cannot pass by comparing little.
#[derive(Default)]
pub(crate) struct Tally {
    policies: Cell<u64>,
    /// Policies among them whose proof takes too many steps.
    refused: Cell<u64>,
    /// Verdicts about calls with conditions where some rule held, and where none did.
    matched: Cell<u64>,
    unmatched: Cell<u64>,
}

impl Tally {
    fn add(&self, matched: bool) {
        let cell = if matched {
            &self.matched
        } else {
            &self.unmatched
        };
        cell.set(cell.get() + 1);
    }

    /// Says what was compared, if it was enough.
    fn report(&self, what: &str) {
        let (policies, matched) = (self.policies.get(), self.matched.get());
        let (unmatched, refused) = (self.unmatched.get(), self.refused.get());
        println!(
            "{what}: {policies} policies ({refused} too complex to be proven), {} verdicts about arguments ({matched} of a match), 0 differences",
            matched + unmatched
        );
        assert!(refused <= 1 + policies / 500, "{refused} refused");
        assert!(matched > 20 * policies, "{matched} matches");
        assert!(unmatched > 20 * policies, "{unmatched} mismatches");
    }
}

/// A program, for both interpreters.
struct Both {
    insns: Vec<Insn>,
    tuples: Vec<(u16, u8, u8, u32)>,
}

impl Both {
    fn new(insns: Vec<Insn>) -> Self {
        let tuples = insns
            .iter()
            .map(|insn| (insn.code, insn.jt, insn.jf, insn.k));
        Self {
            tuples: tuples.collect(),
            insns,
        }
    }

    fn of_peer(filter: SeccompFilter) -> Self {
        let program: seccompiler::BpfProgram = filter.try_into().expect("the program fits");
        let insns = program.into_iter().map(|insn| Insn {
            code: insn.code,
            jt: insn.jt,
            jf: insn.jf,
            k: insn.k,
        });
        Self::new(insns.collect())
    }

    /// What both interpreters say.
    fn run(&self, arch: u32, nr: u32, args: [u64; 6]) -> u32 {
        let data = Data {
            nr,
            arch,
            instruction_pointer: 0,
            args,
        };
        let outcome = interpret(&self.insns, &data, false);
        let one = outcome.expect("the kernel would take the program").ret;
        let other = tiny::run_with(&self.tuples, nr, arch, &args);
        assert_eq!(one, other, "the interpreters differ about {data:?}");
        one
    }
}

/// A number that differs with the policy, and only then.
fn seed(rules: &[&[Comparison]]) -> u64 {
    rules
        .iter()
        .flat_map(|rule| rule.iter())
        .fold(0, |seed, comparison| seed.rotate_left(7) ^ comparison.value)
}

/// The registers that a policy's verdicts about one of its calls are compared for.
fn registers_of(rules: &[Vec<Comparison>]) -> Vec<[u64; 6]> {
    let rules: Vec<&[Comparison]> = rules.iter().map(Vec::as_slice).collect();
    registers(&rules, seed(&rules))
}

fn compare(policy: &Policy, arch: Arch, target: TargetArch, tally: &Tally) {
    let lowered = policy.lowered(arch);
    let ours = assemble(&lowered).expect("the program fits");
    match verify(&ours, &lowered) {
        Ok(()) => {}
        // Such a policy is refused. Its program, which nobody gets, is compared all the same.
        Err(Mismatch::TooComplex) => tally.refused.set(tally.refused.get() + 1),
        Err(mismatch) => panic!("{mismatch}"),
    }
    let (ours, theirs) = (Both::new(ours), Both::of_peer(policy.for_peer(target)));
    let native = arch.audit_arch();
    for (&nr, rules) in &policy.calls {
        for args in registers_of(rules) {
            let verdict = policy.verdict(nr, &args);
            let at = || format!("{} call {nr}, {args:#x?}", arch.name());
            assert_eq!(
                ours.run(native, nr, args),
                verdict.to_ret(),
                "ours: {}",
                at()
            );
            assert_eq!(
                theirs.run(native, nr, args),
                verdict.to_ret(),
                "theirs: {}",
                at()
            );
            if !rules.is_empty() {
                tally.add(verdict == policy.matching);
            }
        }
        // The neighbours are told apart by the number alone, and so are other architectures.
        for args in [[0; 6], [u64::MAX; 6], [nr.into(); 6]] {
            for nr in [
                nr.wrapping_sub(1),
                nr + 1,
                nr | 0x4000_0000,
                nr | 0x8000_0000,
            ] {
                if policy.calls.contains_key(&nr) {
                    continue;
                }
                let verdict = policy.otherwise.to_ret();
                assert_eq!(ours.run(native, nr, args), verdict, "ours: call {nr}");
                assert_eq!(theirs.run(native, nr, args), verdict, "theirs: call {nr}");
            }
            for foreign in [0, native ^ 0x8000_0000, native + 1] {
                let killed = Action::KillProcess.to_ret();
                assert_eq!(ours.run(foreign, nr, args), killed, "ours: {foreign:#x}");
                assert_eq!(
                    theirs.run(foreign, nr, args),
                    killed,
                    "theirs: {foreign:#x}"
                );
            }
        }
    }
    tally.policies.set(tally.policies.get() + 1);
}

#[test]
fn random_policies() {
    let tally = Tally::default();
    let strategy = (policy(), 0..peer::ARCHITECTURES.len());
    let result = runner(150).run(&strategy, |(policy, index)| {
        let (arch, target) = peer::ARCHITECTURES[index];
        compare(&policy, arch, target, &tally);
        Ok(())
    });
    result.unwrap_or_else(|failure| panic!("{failure}"));
    tally.report("policies");
}

/// What a refused call fails with under the policies that the kernel is asked about.
const REFUSED: u16 = 4001;

/// The same through the kernel: both programs, loaded, say of every call what arithmetic says. No
/// call is made, see [`sample`].
#[test]
fn the_kernel_agrees() {
    let found = peer::ARCHITECTURES
        .into_iter()
        .find(|(arch, _)| arch.name() == std::env::consts::ARCH);
    let Some((arch, target)) = found else {
        println!("skipped: seccompiler does not know this architecture");
        return;
    };
    let tally = Tally::default();
    let result = runner(100).run(&policy(), |mut policy| {
        // What kills cannot be asked about, nor what a thread needs to ask; and what is allowed
        // silently must be.
        policy.matching = Action::Allow;
        policy.otherwise = Action::Errno(REFUSED);
        for number in NOT_SAMPLED {
            let number = u32::try_from(*number).expect("call numbers are small");
            policy.calls.insert(number, Vec::new());
        }
        let lowered = policy.lowered(arch);
        let ours = assemble(&lowered).expect("the program fits");
        let theirs = Both::of_peer(policy.for_peer(target)).insns;
        let sampled = policy.calls.iter().filter(|(number, _)| {
            // uretprobe and uprobe are exempt from filters on newer kernels.
            let exempt = matches!(arch.name_of(**number), Some("uretprobe" | "uprobe"));
            !exempt && !NOT_SAMPLED.contains(&i64::from(**number))
        });
        let calls: Vec<(u32, [u64; 6])> = sampled
            .flat_map(|(&number, rules)| {
                let registers = registers_of(rules);
                registers.into_iter().map(move |args| (number, args))
            })
            .collect();
        let signed: Vec<(i32, [u64; 6])> = calls
            .iter()
            .map(|(number, args)| (i32::try_from(*number).expect("small"), *args))
            .collect();
        for (whose, program) in [("ours", ours), ("theirs", theirs)] {
            let program: Vec<_> = program
                .iter()
                .map(|insn| syscallset::Instruction::new(insn.code, insn.jt, insn.jf, insn.k))
                .collect();
            let verdicts = sample(&program, &signed);
            for ((number, args), error) in calls.iter().zip(verdicts) {
                let matches = policy.verdict(*number, args) == Action::Allow;
                let expected = if matches { ALLOWED } else { REFUSED };
                assert_eq!(
                    error,
                    i32::from(expected),
                    "{whose}: call {number}, {args:#x?}"
                );
                if !policy.calls[number].is_empty() {
                    tally.add(matches);
                }
            }
        }
        tally.policies.set(tally.policies.get() + 1);
        Ok(())
    });
    result.unwrap_or_else(|failure| panic!("{failure}"));
    tally.report("kernel");
}
