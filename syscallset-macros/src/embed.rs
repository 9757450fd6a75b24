//! `filter_for!`: a filter string as an expression of type `Filter`, compiled for the build that `cfg` chooses.

mod expression;

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitStr, Token, bracketed};
use syscallset_compiler::Arch;
use syscallset_compiler::action::Action;
use syscallset_compiler::compile::{
    OnViolation, compile_debug_filter, compile_filter, on_violation, parse_for,
};
use syscallset_compiler::error::{Error, ErrorKind};
use syscallset_compiler::filter::Filter;
use syscallset_compiler::render::render;
use syscallset_compiler::span::Span;

use crate::arguments::Arguments;
use crate::diagnostics::{Fault, compile_errors};
use crate::strings::Strings;
use expression::Embedded;

/// `[path of the crate] architecture build; arguments`
struct Input {
    krate: TokenStream,
    arch: Option<Arch>,
    /// Whether the user's crate, not this one, has debug assertions.
    debug: bool,
    arguments: Arguments,
}

/// `[path of the crate] architecture; arguments`: not said yet for which build.
struct AnyBuild {
    krate: TokenStream,
    arch: Ident,
    arguments: TokenStream,
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let krate;
        bracketed!(krate in input);
        let krate: TokenStream = krate.parse()?;
        // Written by the user, or in the name of the macro that the user wrote.
        let first = krate.clone().into_iter().next();
        let place = first.map_or_else(proc_macro2::Span::call_site, |token| token.span());
        let name: Ident = input.parse()?;
        let build: Ident = input.parse()?;
        input.parse::<Token![;]>()?;
        Ok(Self {
            krate,
            arch: Arch::from_name(&name.to_string()),
            debug: build == "debug",
            arguments: Arguments::parse(input, place)?,
        })
    }
}

impl Parse for AnyBuild {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let krate;
        bracketed!(krate in input);
        let krate = krate.parse()?;
        let arch = input.parse()?;
        input.parse::<Token![;]>()?;
        Ok(Self {
            krate,
            arch,
            arguments: input.parse()?,
        })
    }
}

/// Expands to the filter, or to one `compile_error!` for each fault.
///
/// Takes two steps: `cfg` chooses the build before the filter is compiled.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    if let Ok(input) = syn::parse2(input.clone()) {
        return builds(&input);
    }
    let result = syn::parse2::<Input>(input)
        .map_err(|error| vec![Fault::from(error)])
        .and_then(|input| filter(&input));
    result.unwrap_or_else(|faults| {
        let errors = compile_errors(&faults);
        // The errors stop the compiler; the loop has whatever type is expected.
        quote!({ #errors loop {} })
    })
}

fn filter(input: &Input) -> Result<TokenStream, Vec<Fault>> {
    let strings = match &input.arguments.file {
        Some(file) => Strings::read(file),
        None => Strings::join(&input.arguments.literals),
    }
    .map_err(|fault| vec![fault])?;
    let checked = input.checked();
    let filter = parse_for(&strings.source, checked).map_err(|errors| strings.faults(&errors));
    let written = match input.written_violation() {
        Ok(written) => written,
        Err(fault) => {
            // The string's faults are told in the same go.
            let more = filter.and_then(|filter| {
                compile_filter(&filter, checked, OnViolation::Report)
                    .map_err(|errors| strings.faults(&errors))
            });
            let mut faults = more.err().unwrap_or_default();
            faults.push(fault);
            return Err(faults);
        }
    };
    let filter = filter?;
    let on_violation = input
        .violation(written, &filter)
        .map_err(|fault| vec![fault])?;
    let program = if input.debug {
        compile_debug_filter(&filter, checked, on_violation)
    } else {
        compile_filter(&filter, checked, on_violation)
    }
    .map_err(|errors| strings.faults(&errors))?;
    let embedded = Embedded {
        input,
        filter: &filter,
        file: strings.file.as_ref(),
        on_violation,
        program: &program,
    };
    Ok(embedded.expression())
}

impl Input {
    /// The architecture to check the string for: another operating system gets the checks of one that
    /// we know, and no program.
    fn checked(&self) -> Arch {
        self.arch.unwrap_or(Arch::X86_64)
    }

    /// What the word in `on_violation` means, if there is one.
    fn written_violation(&self) -> Result<Option<OnViolation>, Fault> {
        let Some(literal) = &self.arguments.on_violation else {
            return Ok(None);
        };
        on_violation(&literal.value(), self.checked())
            .map(Some)
            .map_err(|kind| unknown_action(literal, kind))
    }

    /// What happens to refused calls: what is written, or else what the build is for.
    fn violation(
        &self,
        written: Option<OnViolation>,
        filter: &Filter<'_>,
    ) -> Result<OnViolation, Fault> {
        let violation = match (&self.arguments.on_violation, written) {
            (Some(literal), Some(violation)) => {
                check_report(literal, violation, filter)?;
                violation
            }
            _ if self.debug && !filter.traps() => OnViolation::Report,
            _ => OnViolation::Action(Action::KillProcess),
        };
        Ok(match violation {
            OnViolation::Report if self.arguments.at_start => OnViolation::ReportAtStart,
            other => other,
        })
    }
}

/// One filter where the user's crate has debug assertions, and another where not.
fn builds(input: &AnyBuild) -> TokenStream {
    let AnyBuild {
        krate,
        arch,
        arguments,
    } = input;
    quote!({
        #[cfg(debug_assertions)]
        const COMPILED: #krate::Filter =
            #krate::__private::filter_for! { [#krate] #arch debug; #arguments };
        #[cfg(not(debug_assertions))]
        const COMPILED: #krate::Filter =
            #krate::__private::filter_for! { [#krate] #arch release; #arguments };
        COMPILED
    })
}

/// The message about a word in `on_violation` that is no action.
fn unknown_action(literal: &LitStr, kind: ErrorKind) -> Fault {
    let text = literal.value();
    let error = Error::new(kind, Span::new(0, text.len()));
    Fault::new(literal.span(), render(&text, &error))
}

/// `report` and `:trap` exclude each other.
fn check_report(
    literal: &LitStr,
    violation: OnViolation,
    filter: &Filter<'_>,
) -> Result<(), Fault> {
    if violation == OnViolation::Report && filter.traps() {
        return Err(Fault::new(
            literal.span(),
            "`report` handles SIGSYS itself, so that no other handler gets the signal of `:trap`\n\
             help: write `on_violation = \"kill\"`, or leave `:trap` out",
        ));
    }
    Ok(())
}
