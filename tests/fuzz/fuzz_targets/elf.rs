//! Any file, as a program to be analysed: for x86-64 or for AArch64, from either place.

#![no_main]

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use syscallset_profile::{From, Options, Profile};

/// A file may take the processor for as long as this.
const LIMIT: Duration = Duration::from_secs(2);

/// A directory without libraries, in memory where there is such a place.
fn root() -> &'static PathBuf {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let memory = PathBuf::from("/dev/shm");
        let parent = if memory.is_dir() {
            memory
        } else {
            std::env::temp_dir()
        };
        let root = parent.join(format!("syscallset-fuzz-{}", std::process::id()));
        std::fs::create_dir_all(&root).expect("it can be written to");
        root
    })
}

/// How long this thread has had a processor (`/proc/PID/schedstat`): what else the machine does, does not count.
fn computed() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells");
    let nanoseconds = text.split(' ').next().and_then(|word| word.parse().ok());
    Duration::from_nanos(nanoseconds.expect("the first word is a number"))
}

fuzz_target!(|bytes: &[u8]| {
    let path = root().join("program");
    std::fs::write(&path, bytes).expect("it can be written to");
    for from in [From::Entry, From::Main] {
        let options = Options {
            from,
            root: Some(root().clone()),
            ..Options::default()
        };
        let begin = computed();
        if let Ok(profile) = Profile::new(&path, &options) {
            for call in profile.calls() {
                profile.explain(call).expect("what was found has a way");
            }
            profile.unresolved();
            profile.indirect_calls().for_each(drop);
        }
        assert!(computed() - begin < LIMIT, "it takes too long");
    }
});
