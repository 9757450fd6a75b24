//! Where the `main` of a running program is.

use std::fs;

use nix::unistd::Pid;
use object::{Object as _, ObjectSymbol as _, SymbolKind};

use super::procfs::displacement;

/// The addresses of the first instructions that are the program's own: Rust's `main`, or C's if the program
/// is not Rust's.
///
/// # Errors
///
/// Why there are none.
pub(super) fn mains(thread: Pid) -> Result<Vec<u64>, String> {
    let path = format!("/proc/{thread}/exe");
    let bytes = fs::read(&path).map_err(|error| format!("cannot read `{path}`: {error}"))?;
    let (entry, addresses) = symbols(&bytes)?;
    let moved = displacement(thread, entry).map_err(|error| error.to_string())?;
    Ok(addresses
        .into_iter()
        .map(|address| address.wrapping_add(moved))
        .collect())
}

/// The entry point of a program and its `main` functions, as its file has them.
fn symbols(bytes: &[u8]) -> Result<(u64, Vec<u64>), String> {
    let file = object::File::parse(bytes)
        .map_err(|error| format!("the program cannot be read: {error}"))?;
    let functions = || {
        let all = file.symbols().chain(file.dynamic_symbols());
        all.filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.is_definition())
    };
    let named = |is_main: &dyn Fn(&str) -> bool| -> Vec<u64> {
        let mut found: Vec<_> = functions()
            .filter(|symbol| symbol.name().is_ok_and(is_main))
            .map(|symbol| symbol.address())
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    };
    let rust = named(&is_rust_main);
    let mains = if rust.is_empty() {
        named(&|name| name == "main" || name == "main.main")
    } else {
        rust
    };
    if mains.is_empty() {
        return Err("the program has no symbol `main`; it was stripped".to_owned());
    }
    Ok((file.entry(), mains))
}

/// Whether a symbol is the `main` of a crate, in the older or newer way of mangling (`_ZN5crate4main17h…E`,
/// `_RNvC…_5crate4main`).
fn is_rust_main(symbol: &str) -> bool {
    if let Some(path) = symbol.strip_prefix("_ZN") {
        let digits = path.bytes().take_while(u8::is_ascii_digit).count();
        let length: Option<usize> = path[..digits].parse().ok();
        let rest = length.and_then(|length| path.get(digits + length..));
        return rest.is_some_and(|rest| {
            rest.starts_with("4main17h") && rest.len() == "4main17h".len() + 17
        });
    }
    symbol.strip_prefix("_RNvC").is_some_and(|path| {
        // Nothing but the crate's name, with its disambiguator, is before the last part.
        let path = path
            .strip_prefix('s')
            .and_then(|path| path.split_once('_'))
            .map_or(path, |(_, path)| path);
        let digits = path.bytes().take_while(u8::is_ascii_digit).count();
        let length: Option<usize> = path[..digits].parse().ok();
        let rest = length.and_then(|length| path[digits..].trim_start_matches('_').get(length..));
        rest == Some("4main")
    })
}

#[cfg(test)]
mod tests {
    use super::{is_rust_main, symbols};

    #[test]
    fn rust_names_of_main_are_known() {
        assert!(is_rust_main("_ZN5hello4main17h0123456789abcdefE"));
        assert!(is_rust_main("_RNvCs1234abcd_5hello4main"));
        assert!(is_rust_main("_RNvC5hello4main"));
        assert!(!is_rust_main("_ZN5hello6module4main17h0123456789abcdefE"));
        assert!(!is_rust_main("_ZN5hello4mainE"));
        assert!(!is_rust_main("_ZN3std2rt10lang_start17h0123456789abcdefE"));
        assert!(!is_rust_main("_RNvNtCs1234abcd_5hello6module4main"));
        assert!(!is_rust_main("_RNvCs1234abcd_5hello5other"));
        assert!(!is_rust_main("main"));
        assert!(!is_rust_main("_ZN99999999999999999999hello"));
        assert!(!is_rust_main("_RNvC99hello"));
    }

    #[test]
    fn what_is_no_program_has_no_main() {
        assert!(symbols(b"#!/bin/sh\n").is_err());
        assert!(symbols(&[]).is_err());
    }
}
