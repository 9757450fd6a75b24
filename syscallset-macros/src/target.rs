//! Chooses the architecture of a filter by `cfg`, before it is compiled: a build makes one program.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::bracketed;
use syn::parse::{Parse, ParseStream};
use syscallset_compiler::Arch;

use crate::diagnostics::{Fault, compile_errors};

/// `[path of the crate] arguments`
struct Input {
    krate: TokenStream,
    arguments: TokenStream,
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let krate;
        bracketed!(krate in input);
        Ok(Self {
            krate: krate.parse()?,
            arguments: input.parse()?,
        })
    }
}

/// Expands to an expression with one constant for each architecture that has tables, of which `cfg`
/// keeps one.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    match syn::parse2(input) {
        Ok(input) => arms(&input),
        Err(error) => compile_errors(&[Fault::from(error)]),
    }
}

fn arms(Input { krate, arguments }: &Input) -> TokenStream {
    let linux = quote!(any(target_os = "linux", target_os = "android"));
    let constant = |cfg: &TokenStream, value: TokenStream| quote!(#[cfg(#cfg)] const FILTER: #krate::Filter = #value;);
    let filter_for = |name: &str| {
        let name = Ident::new(name, Span::call_site());
        quote!(#krate::__private::filter_for! { [#krate] #name; #arguments })
    };

    let mut arms = TokenStream::new();
    let mut known = Vec::new();
    for arch in Arch::ALL {
        let cfg: TokenStream = arch.rust_cfg().parse().expect("the tables hold predicates");
        arms.extend(constant(
            &quote!(all(#linux, #cfg)),
            filter_for(arch.name()),
        ));
        known.push(cfg);
    }
    let message = "syscallset has no system call numbers for this architecture, or its kernel has no \
        seccomp filters";
    arms.extend(constant(
        &quote!(all(#linux, not(any(#(#known),*)))),
        quote!(::core::compile_error! { #message }),
    ));
    arms.extend(constant(&quote!(not(#linux)), filter_for("none")));
    quote!({ #arms FILTER })
}

#[cfg(test)]
mod tests;
