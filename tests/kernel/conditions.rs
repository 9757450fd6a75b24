//! Conditions on arguments, as the kernel decides them.

use syscallset_tests::both::both;

/// Twenty-seven calls, both verdicts of every condition, with garbage in the halves that the kernel
/// does not read.
#[test]
fn conditions_mean_what_the_kernel_means() {
    for program in both("conditions") {
        let ended = program.run().exits(0);
        assert!(ended.stdout.ends_with(" cases, 0 wrong\n"), "{ended}");
        let count = ended
            .stdout
            .split(' ')
            .next()
            .and_then(|count| count.parse::<usize>().ok());
        // A few of them are about what only 64-bit architectures have.
        assert!(count.is_some_and(|count| count >= 130), "{ended}");
    }
}
