//! The macros of the `syscallset` crate. Use them through that crate, which documents them.

mod arguments;
mod diagnostics;
mod embed;
mod item;
mod restrict;
mod strings;
mod target;

use proc_macro::TokenStream;

// Documentation here would be printed below that of `syscallset::restrict`.
#[allow(missing_docs, reason = "documented where it is exported again")]
#[proc_macro_attribute]
pub fn restrict(arguments: TokenStream, item: TokenStream) -> TokenStream {
    restrict::expand(arguments.into(), &item.into()).into()
}

/// Compiles a filter for one architecture: the second step of `syscallset::filter!`.
#[doc(hidden)]
#[proc_macro]
pub fn filter_for(input: TokenStream) -> TokenStream {
    embed::expand(input.into()).into()
}

/// Chooses the architecture for [`filter_for!`]: what `syscallset::filter!` expands to.
#[doc(hidden)]
#[proc_macro]
pub fn filter_for_target(input: TokenStream) -> TokenStream {
    target::expand(input.into()).into()
}
