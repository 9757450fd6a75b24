//! `Arch::rust_cfg` against what the compiler says about every Linux target it knows.

use std::collections::BTreeSet;
use std::process::Command;
use syscallset_tables::Arch;

/// Architectures of Rust's Linux targets without a predicate. hexagon and sparc: the kernel has no seccomp filters
/// there. wasm32 (`wasm32-wali-linux-musl`) is no machine of Linux at all.
const WITHOUT_FILTERS: &[&str] = &["hexagon", "sparc", "sparc64", "wasm32"];

fn rustc(arguments: &[&str]) -> String {
    let program = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "rustc {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// The configuration of a target: `key="value"` and bare names.
struct Target {
    name: String,
    cfg: BTreeSet<String>,
}

impl Target {
    fn linux() -> Vec<Self> {
        let targets: Vec<_> = rustc(&["--print", "target-list"])
            .lines()
            .filter(|name| name.contains("linux") || name.contains("android"))
            .map(|name| Self {
                name: name.to_owned(),
                cfg: rustc(&["--print", "cfg", "--target", name])
                    .lines()
                    .map(str::to_owned)
                    .collect(),
            })
            .collect();
        assert!(targets.len() >= 70, "only {} Linux targets", targets.len());
        targets
    }

    fn has(&self, key: &str, value: &str) -> bool {
        self.cfg.contains(&format!("{key}=\"{value}\""))
    }

    /// Whether the predicate at the start of the text holds; the rest of the text comes back with the answer.
    fn holds<'a>(&self, predicate: &'a str) -> (bool, &'a str) {
        let end = predicate
            .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
            .unwrap_or(predicate.len());
        let (word, mut rest) = predicate.split_at(end);
        let Some(inner) = rest.strip_prefix('(') else {
            let value = rest.strip_prefix(" = \"").expect(predicate);
            let (value, rest) = value.split_once('"').expect(predicate);
            return (self.has(word, value), rest);
        };
        rest = inner;
        let mut answers = Vec::new();
        loop {
            let (answer, tail) = self.holds(rest);
            answers.push(answer);
            if let Some(next) = tail.strip_prefix(", ") {
                rest = next;
                continue;
            }
            let answer = match word {
                "all" => !answers.contains(&false),
                "any" => answers.contains(&true),
                _ => panic!("`{word}` in a predicate"),
            };
            return (answer, tail.strip_prefix(')').expect(predicate));
        }
    }

    fn architectures(&self) -> Vec<Arch> {
        let holds = |arch: &Arch| {
            let (answer, rest) = self.holds(arch.rust_cfg());
            assert_eq!(rest, "", "{}", arch.rust_cfg());
            answer
        };
        Arch::ALL.iter().copied().filter(holds).collect()
    }
}

#[test]
fn exactly_one_predicate_holds_for_every_target() {
    let mut seen = BTreeSet::new();
    for target in Target::linux() {
        let architectures = target.architectures();
        let ilp32 =
            target.has("target_arch", "aarch64") && target.has("target_pointer_width", "32");
        if ilp32
            || WITHOUT_FILTERS
                .iter()
                .any(|arch| target.has("target_arch", arch))
        {
            assert_eq!(architectures, [], "{}", target.name);
            continue;
        }
        let [arch] = architectures[..] else {
            panic!("{}: {architectures:?}", target.name);
        };
        let endian = if arch.big_endian() { "big" } else { "little" };
        assert!(target.has("target_endian", endian), "{}", target.name);
        let width = arch.pointer_width().to_string();
        assert!(
            target.has("target_pointer_width", &width),
            "{}",
            target.name
        );
        seen.insert(arch);
    }
    assert_eq!(
        seen,
        Arch::ALL.iter().copied().collect(),
        "an architecture without a target"
    );
}

/// The predicates once more, where the compiler reads them: text in a table could be anything.
macro_rules! predicates {
    ($($arch:ident: $predicate:meta,)*) => {
        &[$((Arch::$arch, stringify!($predicate), cfg!($predicate)),)*]
    };
}

const PREDICATES: &[(Arch, &str, bool)] = predicates! {
    X86_64: all(target_arch = "x86_64", target_pointer_width = "64"),
    X32: all(target_arch = "x86_64", target_pointer_width = "32"),
    X86: target_arch = "x86",
    Aarch64: all(target_arch = "aarch64", target_pointer_width = "64", target_endian = "little"),
    Aarch64Be: all(target_arch = "aarch64", target_pointer_width = "64", target_endian = "big"),
    Arm: all(target_arch = "arm", target_endian = "little"),
    Armeb: all(target_arch = "arm", target_endian = "big"),
    Riscv64: target_arch = "riscv64",
    Riscv32: target_arch = "riscv32",
    Loongarch64: target_arch = "loongarch64",
    S390x: target_arch = "s390x",
    Powerpc64: all(target_arch = "powerpc64", target_endian = "big"),
    Powerpc64le: all(target_arch = "powerpc64", target_endian = "little"),
    Powerpc: target_arch = "powerpc",
    Mips: all(any(target_arch = "mips", target_arch = "mips32r6"), target_endian = "big"),
    Mipsel: all(any(target_arch = "mips", target_arch = "mips32r6"), target_endian = "little"),
    Mips64: all(any(target_arch = "mips64", target_arch = "mips64r6"), target_pointer_width = "64", target_endian = "big"),
    Mips64el: all(any(target_arch = "mips64", target_arch = "mips64r6"), target_pointer_width = "64", target_endian = "little"),
    M68k: target_arch = "m68k",
    Csky: target_arch = "csky",
};

#[test]
fn the_compiler_reads_the_predicates_alike() {
    // How `stringify!` sets blanks and line ends is up to the compiler.
    let dense = |text: &str| text.split_ascii_whitespace().collect::<String>();
    let written: Vec<_> = PREDICATES
        .iter()
        .map(|&(arch, text, _)| (arch, dense(text)))
        .collect();
    let given: Vec<_> = Arch::ALL
        .iter()
        .map(|&arch| (arch, dense(arch.rust_cfg())))
        .collect();
    assert_eq!(written, given);
    let holding = PREDICATES.iter().filter(|&&(.., holds)| holds).count();
    assert_eq!(holding, 1, "exactly one is this machine's");
}
