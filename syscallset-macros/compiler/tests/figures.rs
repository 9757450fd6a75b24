//! How long programs are and how many instructions a decision takes: counted, not timed.

mod support;

use support::call;
use syscallset_compiler::Arch;
use syscallset_compiler::action::Action;
use syscallset_compiler::compile::compile;
use syscallset_compiler::lower::lower;
use syscallset_compiler::lowered::Lowered;
use syscallset_compiler::plan::{Cost, lower_bound};

/// Lists of several sizes; on the last one, the most is allowed.
const LISTS: [&str; 5] = [
    "@basic-io",
    "@basic-io @file-system @io-event",
    "@system-service ~@process ~@setuid",
    "@system-service",
    "@known ~@clock ~@module ~@mount ~@reboot ~@swap ~@raw-io ~@debug",
];

/// Sum, number and maximum of the instructions that decisions took.
#[derive(Default)]
struct Executed {
    sum: usize,
    calls: usize,
    most: usize,
}

impl Executed {
    fn add(&mut self, executed: usize) {
        self.sum += executed;
        self.calls += 1;
        self.most = self.most.max(executed);
    }
}

fn instructions(filter: &str) -> (Lowered, Vec<syscallset_compiler::insn::Insn>) {
    let program = compile(filter, Arch::X86_64, Action::KillProcess).unwrap();
    (lower(&program.policy), program.instructions)
}

#[test]
fn programs_are_short_and_flat() {
    println!("N: instructions, bound: least N of JGE and JEQ, tree: N of JGE alone, E: emulated");
    for list in LISTS {
        let (lowered, program) = instructions(list);
        let (mut allowed, mut refused) = (Executed::default(), Executed::default());
        for nr in 0..=480 {
            let outcome = call(&program, &lowered, nr, [0; 6]);
            if Action::from_ret(outcome.ret) == Action::Allow {
                allowed.add(outcome.executed);
            } else {
                refused.add(outcome.executed);
            }
        }
        let n = program.len();
        let bound = lower_bound(&lowered);
        let boundaries = lowered.runs.len() - 1;
        let tree = boundaries + 6;
        println!(
            "{list}: N {n}, bound {bound}, tree {tree}, E {}, allowed {}/{} at most {}, refused {}/{} at most {}",
            Cost::of(&program, lowered.audit_arch).emulated,
            allowed.sum,
            allowed.calls,
            allowed.most,
            refused.sum,
            refused.calls,
            refused.most,
        );
        assert!(
            n * 100 <= bound * 110,
            "{list}: {n} instructions, {bound} would do"
        );
        assert!(n <= tree);
        for executed in [&allowed, &refused] {
            // The architecture check takes three, a balanced tree of single boundaries as many as
            // their number has binary digits, the return one.
            assert!(executed.most <= 14, "{list}");
            assert!(executed.sum <= executed.calls * 11, "{list}");
        }
    }
}

#[test]
fn conditions_take_few_instructions() {
    let (_, without) = instructions("@system-service ~clone3:ENOSYS");
    let (lowered, with) = instructions(
        "@system-service ~clone3:ENOSYS ~socket socket(domain=1) socket(domain=2) ~ioctl(cmd=0x5412):EPERM \
         ~ioctl(cmd=0x541c):EPERM ~clone(flags&0x10000000=0x10000000):EPERM \
         ~prctl(option=22):EPERM ~mmap(prot&4!=0):EPERM ~personality personality(0=0) \
         ~kill(sig=9) ~setsockopt(level=1)",
    );
    println!(
        "@system-service: {} instructions, with eleven conditions on eight calls {}",
        without.len(),
        with.len()
    );
    assert!(with.len() <= without.len() + 40);
    // Every call without a condition is still found without looking at an argument.
    let conditional = lowered
        .runs
        .iter()
        .filter(|run| !run.decision.rules.is_empty());
    assert_eq!(conditional.count(), 8);
}
