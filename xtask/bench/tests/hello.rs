//! What the attribute adds to a program, counted.

use syscallset_bench::crates::{Profile, hellos};
use syscallset_bench::measure::Bench;
use syscallset_bench::measure::hello::{allocations, sizes};

/// Bytes that `@system-service` may add to a stripped program: 8 for each of 47 instructions, the note of the
/// filter with the header of its section, 172 and 17; and the calls, what is told if they fail, and imports.
const MOST: f64 = 1650.0;

#[test]
fn the_attribute_adds_few_bytes_and_no_allocation() {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        println!("skipped: the sizes are those of x86-64 Linux");
        return;
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let bench = Bench {
        quick: true,
        libseccomp: None,
        root: root.canonicalize().expect("the workspace exists"),
        scratch: env!("CARGO_TARGET_TMPDIR").into(),
    };
    let hellos = hellos(&bench).expect("the target directory can be written to");
    let [plain, restricted] = [&hellos[0], &hellos[1]];
    for hello in [plain, restricted] {
        hello.build(Profile::Release).expect("it builds");
    }
    let executable = std::fs::read(plain.executable(Profile::Release)).expect("it was just built");
    if executable.windows(11).any(|part| part == b"Linker: LLD") {
        let sizes = sizes(&hellos[..2]).expect("they were just built");
        let more = sizes[1].cells[1].expect("the first is what it is compared with");
        println!("{} bytes more", more.value);
        assert!(more.value <= MOST, "{} bytes more", more.value);
    } else {
        println!("skipped: size: other linkers than LLD round sections up to pages");
    }

    if std::process::Command::new("cc")
        .arg("--version")
        .output()
        .is_err()
    {
        println!("skipped: allocations: no C compiler");
        return;
    }
    let rows = allocations(&bench, &hellos[..2]).expect("they run");
    assert_eq!(rows[0].cells, rows[1].cells);
}
