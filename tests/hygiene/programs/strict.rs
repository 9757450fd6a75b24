//! What the macros write passes the strictest lints that a crate may ask for.
#![forbid(unsafe_code)]
#![deny(warnings)]
#![deny(
    absolute_paths_not_starting_with_crate,
    ambiguous_negative_literals,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    keyword_idents,
    let_underscore_drop,
    macro_use_extern_crate,
    meta_variable_misuse,
    missing_abi,
    missing_copy_implementations,
    missing_debug_implementations,
    missing_docs,
    non_ascii_idents,
    redundant_imports,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unreachable_pub,
    unsafe_op_in_unsafe_fn,
    unused_import_braces,
    unused_lifetimes,
    unused_macro_rules,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]
#![deny(
    clippy::absolute_paths,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::alloc_instead_of_core,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::default_numeric_fallback,
    clippy::exit,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::infinite_loop,
    clippy::missing_docs_in_private_items,
    clippy::mod_module_files,
    clippy::multiple_unsafe_ops_per_block,
    clippy::panic,
    clippy::shadow_same,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    clippy::undocumented_unsafe_blocks,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm
)]

use core::fmt::{Error, Write as _};
use std::thread;

/// A filter for one thread, in a static.
static WORKER: syscallset::Filter = syscallset::filter!("@basic-io @process", log = true);

/// A filter that returns an error, in a constant.
const QUIET: syscallset::Filter = syscallset::filter!("@basic-io", on_violation = "EPERM");

/// A filter in a function of its own.
const fn reporting() -> syscallset::Filter {
    syscallset::filter!("@basic-io", on_violation = "report")
}

#[syscallset::restrict("@basic-io @process @file-system")]
fn main() -> Result<(), Error> {
    use core::fmt::Result;

    /// An item that begins the body.
    const GREETING: &str = "hello";

    /// A function in the body.
    fn greet(text: &mut String) -> Result {
        write!(text, "{GREETING}")
    }

    let mut text = String::new();
    greet(&mut text)?;
    let outcome = thread::spawn(|| WORKER.load()).join();
    println!(
        "{text} {outcome:?} {} {}",
        QUIET.source(),
        reporting().source()
    );
    Ok(())
}
