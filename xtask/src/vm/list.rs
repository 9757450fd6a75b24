//! The list of tests: every machine has to run the very tests that this one runs.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use super::build;
use crate::debian::run;

/// The names of tests, by program.
pub(super) type Names = BTreeMap<String, BTreeSet<String>>;

/// The tests of this machine's own build.
///
/// # Errors
/// They do not build, or cannot be listed.
pub(super) fn here() -> Result<Names, String> {
    let mut names = Names::new();
    for test in build::here()? {
        let list = run(Command::new(&test.path).args(["--list", "--format", "terse"]))?;
        names.insert(test.name, parse(&list));
    }
    Ok(names)
}

/// `module::test: test`
fn parse(list: &str) -> BTreeSet<String> {
    let tests = list.lines().filter_map(|line| line.strip_suffix(": test"));
    tests.map(str::to_owned).collect()
}

/// A message for each test that ran on one side only. Programs that did not end there are known as such already, and
/// all of their tests would be news to nobody.
pub(super) fn compare(here: &Names, there: &Names) -> Vec<String> {
    let mut faults = Vec::new();
    let nothing = BTreeSet::new();
    for (program, there) in there {
        let here = here.get(program).unwrap_or(&nothing);
        for name in here.difference(there) {
            faults.push(format!("{program}: {name} runs here, but not there"));
        }
        for name in there.difference(here) {
            faults.push(format!("{program}: {name} runs there, but not here"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::{Names, compare, parse};

    #[test]
    fn both_sides_run_the_same() {
        let names = |list: &str| Names::from([("kernel".to_owned(), parse(list))]);
        let here = names("a::b: test\nc: test\n\n2 tests, 0 benchmarks\n");
        assert_eq!(here["kernel"].len(), 2);
        assert_eq!(compare(&here, &here), [""; 0]);
        let other = names("a::b: test\nd: test\n");
        assert_eq!(compare(&here, &other).len(), 2);
        assert_eq!(compare(&Names::new(), &here).len(), 2);
        assert_eq!(compare(&here, &Names::new()), [""; 0]);
    }
}
