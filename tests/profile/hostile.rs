//! Damaged files end in an error, or in an analysis, but never in a panic.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use proptest::prelude::*;
use syscallset_profile::{From, Options, Profile};

/// Damage to a file.
#[derive(Debug, Clone)]
enum Damage {
    /// Cuts the file off.
    Cut(prop::sample::Index),
    /// Overwrites a byte.
    Byte(prop::sample::Index, u8),
    /// Overwrites an aligned 64-bit word, in the first KiB more often than elsewhere.
    Word(prop::sample::Index, bool, u64),
    /// Copies some bytes over others, so that tables refer to each other in circles.
    Copy(prop::sample::Index, prop::sample::Index, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<prop::sample::Index>;
    let number = prop_oneof![
        Just(0_u64),
        Just(1),
        Just(u64::MAX),
        Just(u64::MAX - 7),
        Just(1 << 63),
        Just(0xffff_ffff),
        0_u64..0x10000,
        any::<u64>(),
    ];
    prop_oneof![
        1 => at().prop_map(Damage::Cut),
        4 => (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        8 => (at(), any::<bool>(), number).prop_map(|(at, early, word)| Damage::Word(at, early, word)),
        2 => (at(), at(), 1_usize..256).prop_map(|(from, to, length)| Damage::Copy(from, to, length)),
    ]
}

fn apply(bytes: &mut Vec<u8>, damage: &Damage) {
    if bytes.is_empty() {
        return;
    }
    match damage {
        Damage::Cut(at) => bytes.truncate(at.index(bytes.len())),
        Damage::Byte(at, byte) => {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        Damage::Word(at, early, word) => {
            let space = if *early {
                bytes.len().min(1024)
            } else {
                bytes.len()
            };
            let at = at.index(space) & !7;
            if let Some(place) = bytes.get_mut(at..at + 8) {
                place.copy_from_slice(&word.to_le_bytes());
            }
        }
        Damage::Copy(from, to, length) => {
            let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
            let end = (from + length)
                .min(bytes.len())
                .min(from + bytes.len() - to);
            bytes.copy_within(from..end, to);
        }
    }
}

/// A program and its library without anything of the system, so that each analysis is short.
const PROGRAM: &str = r#"
extern long outer(long);
static long number = 39;
long (*pointer)(long) = outer;
static long call(long number) {
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number) : "rcx", "r11", "memory");
    return result;
}
void _start(void) {
    long choice = pointer(number);
    switch (choice) {
    case 0: call(102); break;
    case 1: call(104); break;
    case 2: call(107); break;
    case 3: call(108); break;
    case 4: call(110); break;
    case 5: call(111); break;
    }
    call(231);
}
"#;
const LIBRARY: &str = "long outer(long number) { return number * 3; }";

/// The files to damage, and where their libraries are.
fn files() -> &'static [(Vec<u8>, PathBuf)] {
    static FILES: OnceLock<Vec<(Vec<u8>, PathBuf)>> = OnceLock::new();
    FILES.get_or_init(|| {
        let root = std::env::temp_dir().join(format!("syscallset-hostile-{}", std::process::id()));
        let lib = root.join("lib");
        std::fs::create_dir_all(&lib).expect("the directory for temporary files can be written to");
        let mut files = Vec::new();
        let build = |name: &Path, text: &str, more: &[&str]| {
            let source = root.join("source.c");
            std::fs::write(&source, text).expect("the directory was made above");
            let arguments = ["-O2", "-nostdlib", "-fno-stack-protector"];
            let mut command = Command::new("cc");
            command
                .args(arguments)
                .arg(&source)
                .arg("-o")
                .arg(name)
                .args(more);
            command.output().is_ok_and(|output| output.status.success())
        };
        let library = lib.join("libouter.so");
        let program = root.join("program");
        let link = format!("-L{}", lib.display());
        if cfg!(target_arch = "x86_64")
            && build(&library, LIBRARY, &["-shared", "-fPIC"])
            && build(
                &program,
                PROGRAM,
                &[
                    &link,
                    "-louter",
                    "-Wl,-z,lazy",
                    "-Wl,-dynamic-linker,/lib/libouter.so",
                ],
            )
        {
            files.push((std::fs::read(&program).expect("it was built"), root.clone()));
        } else {
            println!("skipped: there is no compiler for C to make a small program with");
        }
        // A real program, of which only the beginning is analysed without its libraries.
        let real = std::fs::read("/bin/true").expect("every system has it");
        files.push((real, root));
        files
    })
}

fn analyse(bytes: &[u8], root: &Path, from: From) {
    let path = root.join(format!("damaged-{:?}", std::thread::current().id()));
    std::fs::write(&path, bytes).expect("the directory was made above");
    for everything in [false, true] {
        let options = Options {
            from,
            root: Some(root.to_path_buf()),
            everything,
            ..Options::default()
        };
        if let Ok(profile) = Profile::new(&path, &options) {
            for call in profile.calls() {
                profile.explain(call).expect("what was found has a way");
            }
            assert!(
                profile.unresolved().len() <= profile.functions().max(profile.instructions()) * 64
            );
            profile.indirect_calls().for_each(drop);
        }
    }
    std::fs::remove_file(&path).expect("it was written above");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_do_not_panic(
        which in any::<prop::sample::Index>(),
        damages in prop::collection::vec(damage(), 1..6),
        from_main in any::<bool>(),
    ) {
        let files = files();
        let (bytes, root) = &files[which.index(files.len())];
        let mut bytes = bytes.clone();
        for damage in &damages {
            apply(&mut bytes, damage);
        }
        analyse(&bytes, root, if from_main { From::Main } else { From::Entry });
    }
}

#[test]
fn whole_files_are_understood() {
    for (bytes, root) in &files()[..files().len() - 1] {
        let path = root.join("whole");
        std::fs::write(&path, bytes).expect("the directory was made above");
        let options = Options {
            from: From::Entry,
            root: Some(root.clone()),
            ..Options::default()
        };
        let profile = Profile::new(&path, &options).expect("it is whole");
        let expected = [
            "exit_group",
            "getegid",
            "geteuid",
            "getgid",
            "getpgrp",
            "getppid",
            "getuid",
        ];
        assert_eq!(profile.calls(), expected);
        assert_eq!(profile.unresolved(), []);
    }
}
