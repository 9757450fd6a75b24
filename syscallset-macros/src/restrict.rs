//! `#[restrict]`: puts the loading of a filter in front of the body of `main`, and in front of any
//! runtime that another attribute starts.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::quote;

use crate::diagnostics::{Fault, compile_errors};
use crate::item::Function;

/// Expands the attribute. On a fault the item is emitted unchanged beside the message, so that the
/// compiler's other messages about it stay right.
pub(crate) fn expand(arguments: TokenStream, item: &TokenStream) -> TokenStream {
    restrict(arguments, item).unwrap_or_else(|fault| {
        let errors = compile_errors(&[fault]);
        quote!(#errors #item)
    })
}

fn restrict(arguments: TokenStream, item: &TokenStream) -> Result<TokenStream, Fault> {
    let (arguments, krate) = take_crate(arguments)?;
    let function = Function::parse(item)?;
    check(&function)?;
    Ok(restricted(&function, &arguments, &krate))
}

fn check(function: &Function) -> Result<(), Fault> {
    let Some(asynchronous) = &function.asynchronous else {
        return Ok(());
    };
    if function.has_macro() {
        return Ok(());
    }
    Err(Fault::new(
        asynchronous.span(),
        "`async fn main` without a runtime\nhelp: write the attribute of the runtime, such as \
         `#[tokio::main]`, below this one",
    ))
}

fn restricted(function: &Function, arguments: &TokenStream, krate: &TokenStream) -> TokenStream {
    let load = quote!({
        const FILTER: #krate::Filter = #krate::filter!(__at_start = true, #arguments);
        #krate::__private::restrict(&FILTER);
    });
    let guard = quote!(#krate::__private::require_linux!(););
    if function.has_macro() {
        // A macro below this one may start threads before the body: it gets a function of its own,
        // which runs after loading. What that returns in the end is the macro's business, too.
        let qualifiers = &function.qualifiers;
        let inner = inner(function);
        return quote!(
            #guard
            #qualifiers fn main() -> impl ::std::process::Termination { #inner #load main() }
        );
    }
    let function = function.with_prefix(&load);
    quote!(#guard #function)
}

/// The user's function as a local one: visibility has no meaning there.
fn inner(function: &Function) -> TokenStream {
    let Function {
        attributes,
        asynchronous,
        keyword,
        signature,
        body,
        ..
    } = function;
    quote!(#(#attributes)* #asynchronous #keyword #signature #body)
}

/// Takes `crate = path` out of the arguments; without it the crate is `::syscallset`.
fn take_crate(arguments: TokenStream) -> Result<(TokenStream, TokenStream), Fault> {
    let mut rest: Vec<TokenTree> = Vec::new();
    let mut path = None;
    let mut tokens = arguments.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_key = matches!(&token, TokenTree::Ident(ident) if ident == "crate");
        let is_equals =
            |next: &TokenTree| matches!(next, TokenTree::Punct(punct) if punct.as_char() == '=');
        if !is_key || tokens.next_if(is_equals).is_none() {
            rest.push(token);
            continue;
        }
        if path.is_some() {
            return Err(Fault::new(token.span(), "`crate` is given twice"));
        }
        let comma =
            |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
        let mut value = TokenStream::new();
        while let Some(token) = tokens.next_if(|token| !comma(token)) {
            check_path(&token)?;
            value.extend([token]);
        }
        tokens.next();
        if value.is_empty() {
            return Err(not_a_path(token.span()));
        }
        path = Some(value);
    }
    let path = path.unwrap_or_else(|| quote!(::syscallset));
    Ok((rest.into_iter().collect(), path))
}

/// Whether a token can stand in a path; a macro's `$path:path` comes as a group without delimiters.
fn check_path(token: &TokenTree) -> Result<(), Fault> {
    match token {
        TokenTree::Ident(_) => Ok(()),
        TokenTree::Punct(punct) if punct.as_char() == ':' => Ok(()),
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => Ok(()),
        _ => Err(not_a_path(token.span())),
    }
}

fn not_a_path(place: Span) -> Fault {
    Fault::new(
        place,
        "expected the path of this crate\nhelp: write it without quotes, as in \
         `crate = my_framework::syscallset`",
    )
}
