//! What is aimed at.

use crate::candidates::{
    ALLOW, FILTER_STRING, LIBSECCOMP_LIST, LIBSECCOMP_TREE, SECCOMPILER, SYSCALLSET,
};
use crate::crates::PLAIN;
use crate::lists::{LISTS, List};
use crate::measure::expansion::COMPILER;
use crate::report::{Report, Target};
use crate::sample::Call;

/// Per list: N of minijail's `compile_seccomp_policy.py` with its binary search tree, the shortest
/// program of any other compiler, for the same calls.
pub const MINIJAIL_TREE: [usize; LISTS.len()] = [58, 85, 73, 53, 46];

/// Per list: instructions that the tree of libseccomp 2.5.4 to 2.6.1 executes on average for allowed
/// and for refused calls, for the same calls; for machines without the library.
pub const LIBSECCOMP_EXECUTED: [(f64, f64); LISTS.len()] = [
    (12.4, 14.0),
    (14.3, 16.0),
    (15.3, 17.0),
    (15.3, 17.0),
    (15.4, 17.0),
];

/// Executed instructions per decision, as a part of those of libseccomp's tree.
pub const OF_LIBSECCOMP_TREE: f64 = 0.83;

/// N over the least that is possible with `JGE` and `JEQ`.
pub const OVER_LOWER_BOUND: f64 = 1.1;

/// Compares the figures of a report, those that it has, with what is aimed at.
pub fn compare(report: &Report) -> Vec<Target> {
    let targets = Targets {
        report,
        targets: Vec::new(),
    };
    targets.programs().times().hello().builds().targets
}

struct Targets<'a> {
    report: &'a Report,
    targets: Vec<Target>,
}

impl Targets<'_> {
    fn programs(mut self) -> Self {
        for (List { id, .. }, minijail) in LISTS.into_iter().zip(MINIJAIL_TREE) {
            let found = self.report.value("instructions", SYSCALLSET, id);
            let what = format!("list {id}: N, that of minijail's tree is {minijail}");
            self.at_most(what, minijail as f64, found);
            for (section, calls) in [("allowed-mean", "allowed"), ("refused-mean", "refused")] {
                let found = self.ratio(section, id, SYSCALLSET, LIBSECCOMP_TREE);
                let what = format!("list {id}: executed for {calls} calls / libseccomp's tree");
                self.at_most(what, OF_LIBSECCOMP_TREE, found);
            }
        }
        self
    }

    fn times(mut self) -> Self {
        for List { id, .. } in LISTS {
            let peers = [LIBSECCOMP_TREE, LIBSECCOMP_LIST, SECCOMPILER];
            let ratios = peers.map(|peer| self.ratio("install", id, SYSCALLSET, peer));
            let worst = ratios.into_iter().flatten().max_by(f64::total_cmp);
            self.at_most(
                format!("list {id}: loading / the best other program"),
                1.0,
                worst,
            );
        }
        let tree = self.ratio("install", "d", SYSCALLSET, LIBSECCOMP_TREE);
        self.at_most("list d: loading / libseccomp's tree".to_owned(), 0.6, tree);
        for List { id, .. } in LISTS {
            let found = self.ratio("path", id, SECCOMPILER, SYSCALLSET);
            self.at_least(
                format!("list {id}: restricting, seccompiler / syscallset"),
                6.0,
                found,
            );
        }
        let column = format!("{} 1", Call::Allowed.name());
        for row in [SYSCALLSET, FILTER_STRING] {
            let allowed = self.ratio("calls", &column, row, ALLOW);
            self.at_most(
                format!("{row}: allowed call / one-instruction filter"),
                1.02,
                allowed,
            );
        }
        self
    }

    fn hello(mut self) -> Self {
        let wall = self.ratio("hello-wall", "all", SYSCALLSET, PLAIN);
        self.at_most("hello world: time / no filter".to_owned(), 1.05, wall);
        let size = self.report.value("hello-size", SYSCALLSET, "more");
        self.at_most("hello world: bytes more, stripped".to_owned(), 512.0, size);
        let allocations = |row| self.report.value("hello-allocations", row, "requests");
        let more = allocations(SYSCALLSET)
            .zip(allocations(PLAIN))
            .map(|(all, plain)| all - plain);
        self.at_most("hello world: allocations more".to_owned(), 0.0, more);
        self
    }

    fn builds(mut self) -> Self {
        for profile in ["debug", "release"] {
            let cold = self.ratio("builds", &format!("cold, {profile}"), SYSCALLSET, PLAIN);
            self.at_most(
                format!("cold {profile} build / no dependencies"),
                13.0,
                cold,
            );
        }
        for List { id, .. } in LISTS {
            for row in COMPILER {
                let time = self.report.value("expansion", row, id);
                self.at_most(format!("list {id}: ms unoptimised, {row}"), 5.0, time);
            }
        }
        self
    }

    fn ratio(&self, section: &str, column: &str, row: &str, other: &str) -> Option<f64> {
        let value = |row| self.report.value(section, row, column);
        Some(value(row)? / value(other)?)
    }

    fn at_most(&mut self, what: String, limit: f64, found: Option<f64>) {
        self.targets.extend(found.map(|found| Target {
            what,
            limit,
            at_least: false,
            found,
            met: found <= limit,
        }));
    }

    fn at_least(&mut self, what: String, limit: f64, found: Option<f64>) {
        self.targets.extend(found.map(|found| Target {
            what,
            limit,
            at_least: true,
            found,
            met: found >= limit,
        }));
    }
}
