//! Gathers every filter string that the workspace holds, in tests, programs, examples and documents, for
//! the test that compiles each of them with the macro and with the function (`same`).

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use proc_macro2::{TokenStream, TokenTree};
use syn::LitStr;
use syscallset_compiler::Arch;
use syscallset_compiler::action::Action;
use syscallset_compiler::compile::{compile_filter, parse_for};

/// Where to look, from the root of the workspace.
const PLACES: &[&str] = &[
    "README.md",
    "syscallset",
    "syscallset-macros",
    "tests",
    "xtask/bench",
];

fn main() {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where");
    let root = Path::new(&manifest).join("../..");
    let arch = env::var("CARGO_CFG_TARGET_ARCH").expect("cargo says for what");
    let Some(arch) = Arch::from_name(&arch) else {
        panic!("no tables for {arch}");
    };

    let mut strings = BTreeSet::new();
    for place in PLACES {
        let place = root.join(place);
        println!("cargo::rerun-if-changed={}", place.display());
        for file in files(&place) {
            gather(&file, &mut strings);
        }
    }
    let mut list = String::from("both! {\n");
    for string in strings {
        // Comments alone are every second heading.
        let compiles = parse_for(&string, arch).is_ok_and(|filter| {
            (string.is_empty() || !filter.items.is_empty())
                && compile_filter(&filter, arch, Action::KillProcess).is_ok()
        });
        if compiles {
            let _ = writeln!(list, "    {string:?}");
        }
    }
    list.push_str("}\n");
    let output = env::var_os("OUT_DIR").expect("cargo says where");
    fs::write(Path::new(&output).join("strings.rs"), list).expect("the list can be written");
}

/// All files below a path, or the one file.
fn files(path: &Path) -> Vec<PathBuf> {
    let Ok(directory) = fs::read_dir(path) else {
        return vec![path.to_owned()];
    };
    let entries = directory.map(|entry| entry.expect("a directory can be read").path());
    let entries = entries.filter(|path| !path.ends_with("target"));
    entries.flat_map(|path| files(&path)).collect()
}

fn gather(file: &Path, strings: &mut BTreeSet<String>) {
    let extension = file.extension().unwrap_or_default();
    let Ok(text) = fs::read_to_string(file) else {
        return;
    };
    if extension == "rs" {
        // Some files are no Rust on purpose.
        if let Ok(tokens) = text.parse() {
            literals(tokens, strings);
        }
    } else if extension == "md" {
        quoted(&text, strings);
    } else if extension == "filter" || file.ends_with("filter.txt") {
        strings.insert(text);
    }
}

/// All string literals, and several that stand in one pair of parentheses as one string, as the macros
/// read them. Documentation comes as literals too.
fn literals(tokens: TokenStream, strings: &mut BTreeSet<String>) {
    let mut together: Vec<String> = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => literals(group.stream(), strings),
            TokenTree::Literal(literal) => {
                if let Ok(literal) = syn::parse_str::<LitStr>(&literal.to_string()) {
                    quoted(&literal.value(), strings);
                    together.push(literal.value());
                }
            }
            _ => {}
        }
    }
    strings.insert(together.join("\n"));
    strings.extend(together);
}

/// What stands in quotes on a line of a document.
fn quoted(text: &str, strings: &mut BTreeSet<String>) {
    for line in text.lines() {
        strings.extend(line.split('"').skip(1).step_by(2).map(str::to_owned));
    }
}
