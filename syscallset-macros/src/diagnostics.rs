//! Faults as `compile_error!`s at the places that have them.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

/// A message for the compiler to print at a place.
pub(crate) struct Fault {
    pub(crate) span: Span,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
        }
    }
}

impl From<syn::Error> for Fault {
    fn from(error: syn::Error) -> Self {
        Self::new(error.span(), error.to_string())
    }
}

/// One `compile_error!` for each fault, valid both as items and as statements.
pub(crate) fn compile_errors(faults: &[Fault]) -> TokenStream {
    faults
        .iter()
        .map(|Fault { span, message }| quote_spanned!(*span=> ::core::compile_error! { #message }))
        .collect()
}
