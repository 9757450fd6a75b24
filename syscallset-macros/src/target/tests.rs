//! The choice evaluated as the compiler does, for every target that it knows.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;
use syscallset_compiler::Arch;

use super::{Input, arms};

/// Architectures of Rust's Linux targets that have no seccomp filters: hexagon and sparc, in the kernel; wasm32
/// (`wasm32-wali-linux-musl`) is no machine of Linux at all; `aarch64…_ilp32` is an ABI that Linux does not have.
const UNSUPPORTED: &[&str] = &["hexagon", "ilp32", "sparc", "wasm32"];

fn rustc(arguments: &[&str]) -> String {
    let program = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(program)
        .args(arguments)
        .output()
        .expect("rustc runs");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// `key="value"` and bare names, as `rustc --print cfg` prints them.
type Cfg = BTreeSet<String>;

/// Whether a predicate holds.
fn holds(predicate: TokenStream, cfg: &Cfg) -> bool {
    let tokens: Vec<TokenTree> = predicate.into_iter().collect();
    match &tokens[..] {
        [TokenTree::Ident(name)] => cfg.contains(&name.to_string()),
        [
            TokenTree::Ident(key),
            TokenTree::Punct(equals),
            TokenTree::Literal(value),
        ] if equals.as_char() == '=' => cfg.contains(&format!("{key}={value}")),
        [TokenTree::Ident(word), TokenTree::Group(group)] => {
            let mut inner = parts(group.stream()).into_iter();
            match word.to_string().as_str() {
                "all" => inner.all(|part| holds(part, cfg)),
                "any" => inner.any(|part| holds(part, cfg)),
                "not" => !holds(inner.next().expect("one predicate"), cfg),
                other => panic!("`{other}` in a predicate"),
            }
        }
        other => panic!("no predicate: {other:?}"),
    }
}

/// What stands between commas.
fn parts(list: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    for token in list {
        match &token {
            TokenTree::Punct(comma) if comma.as_char() == ',' => parts.push(TokenStream::new()),
            _ => parts
                .last_mut()
                .expect("there is one")
                .extend([token.clone()]),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The arms of the expansion: predicate and constant.
fn expansion() -> Vec<(TokenStream, String)> {
    let expansion = arms(&Input {
        krate: quote!(::syscallset),
        arguments: quote!("@basic-io"),
    });
    let [TokenTree::Group(block)] = &expansion.into_iter().collect::<Vec<_>>()[..] else {
        panic!("an expression in braces")
    };
    let mut arms: Vec<(TokenStream, String)> = Vec::new();
    for token in block.stream() {
        match &token {
            TokenTree::Group(attribute) if attribute.delimiter() == Delimiter::Bracket => {
                let mut words = attribute.stream().into_iter();
                if words.next().is_some_and(|word| word.to_string() == "cfg") {
                    let Some(TokenTree::Group(predicate)) = words.next() else {
                        panic!("cfg without a predicate")
                    };
                    arms.push((predicate.stream(), String::new()));
                }
            }
            token => {
                if let Some((_, constant)) = arms.last_mut() {
                    *constant += &token.to_string();
                    constant.push(' ');
                }
            }
        }
    }
    arms
}

/// What stands for the only arm of a target.
fn chosen(target: &str, arms: &[(TokenStream, String)]) -> String {
    let cfg: Cfg = rustc(&["--print", "cfg", "--target", target])
        .lines()
        .map(str::to_owned)
        .collect();
    let chosen: Vec<_> = arms
        .iter()
        .filter(|(predicate, _)| holds(predicate.clone(), &cfg))
        .collect();
    let [(_, constant)] = chosen[..] else {
        panic!("{target}: {} arms", chosen.len());
    };
    constant.clone()
}

#[test]
fn every_linux_target_gets_exactly_one_arm() {
    let arms = expansion();
    assert_eq!(arms.len(), Arch::ALL.len() + 2, "and what is not supported");
    let targets = rustc(&["--print", "target-list"]);
    let linux = |name: &&str| name.contains("linux") || name.contains("android");
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for target in targets.lines().filter(linux) {
        let constant = chosen(target, &arms);
        let unsupported = UNSUPPORTED.iter().any(|name| target.contains(name));
        let refused = constant.contains("compile_error !");
        assert_eq!(refused, unsupported, "{target}: {constant}");
        if !refused {
            let (_, constant) = constant.split_once("filter_for ! ").expect(target);
            *seen.entry(constant.to_owned()).or_default() += 1;
        }
    }
    assert!(seen.values().sum::<usize>() >= 70, "{seen:?}");
    for arch in Arch::ALL {
        let name = format!(" {} ;", arch.name());
        let names = seen.keys().filter(|constant| constant.contains(&name));
        assert_eq!(names.count(), 1, "{}: {seen:?}", arch.name());
    }
}

/// Elsewhere it is the arm that says what to write.
#[test]
fn other_systems_get_the_arm_for_none() {
    let arms = expansion();
    for target in [
        "x86_64-pc-windows-msvc",
        "aarch64-apple-darwin",
        "x86_64-unknown-freebsd",
        "wasm32-unknown-unknown",
    ] {
        let constant = chosen(target, &arms);
        assert!(constant.contains(" none ;"), "{target}: {constant}");
    }
}
