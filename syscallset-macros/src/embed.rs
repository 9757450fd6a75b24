//! A filter string as an expression of type `Filter`: the program as a constant array.

use proc_macro2::{Literal, TokenStream};
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
use syscallset_compiler::insn::Insn;
use syscallset_compiler::note::Note;
use syscallset_compiler::render::render;
use syscallset_compiler::span::Span;

use crate::arguments::Arguments;
use crate::diagnostics::{Fault, compile_errors};
use crate::strings::{FilterFile, Strings};

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
    let Input {
        krate,
        arch,
        debug,
        arguments,
    } = input;
    let debug = *debug;
    let strings = match &arguments.file {
        Some(file) => Strings::read(file).map_err(|fault| vec![fault])?,
        None => Strings::join(&arguments.literals).map_err(|fault| vec![fault])?,
    };
    // Another operating system gets the checks of an architecture that we know, and no program.
    let checked = arch.unwrap_or(Arch::X86_64);
    let filter = parse_for(&strings.source, checked).map_err(|errors| strings.faults(&errors));
    let word = arguments.on_violation.as_ref().map(|literal| {
        on_violation(&literal.value(), checked).map_err(|kind| unknown_action(literal, kind))
    });
    if let Some(Err(fault)) = word {
        // The string's faults are told in the same go.
        let more = filter.and_then(|filter| {
            compile_filter(&filter, checked, OnViolation::Report)
                .map_err(|errors| strings.faults(&errors))
        });
        let mut faults = more.err().unwrap_or_default();
        faults.push(fault);
        return Err(faults);
    }
    let filter = filter?;
    let embed = |on_violation: OnViolation| -> Result<TokenStream, Vec<Fault>> {
        let on_violation = match on_violation {
            OnViolation::Report if arguments.at_start => OnViolation::ReportAtStart,
            other => other,
        };
        let program = if debug {
            compile_debug_filter(&filter, checked, on_violation)
        } else {
            compile_filter(&filter, checked, on_violation)
        };
        let program = program.map_err(|errors| strings.faults(&errors))?;
        let instructions: &[Insn] = if arch.is_some() {
            &program.instructions
        } else {
            &[]
        };
        Ok(Embedded {
            krate,
            filter: &filter,
            file: strings.file.as_ref(),
            arch: checked,
            log: arguments.log,
            instructions,
            refused_calls: program.refused_calls.as_deref().filter(|_| arch.is_some()),
            at_start: arguments.at_start,
            note: (arch.is_some() && arguments.note).then(|| {
                let source = filter.to_string();
                Note::new(
                    source,
                    checked,
                    on_violation,
                    debug,
                    arguments.log,
                    instructions,
                )
            }),
        }
        .expression())
    };
    if let (Some(literal), Some(Ok(violation))) = (&arguments.on_violation, word) {
        check_report(literal, violation, &filter).map_err(|fault| vec![fault])?;
        return embed(violation);
    }
    embed(if debug && !filter.traps() {
        OnViolation::Report
    } else {
        OnViolation::Action(Action::KillProcess)
    })
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

/// A compiled filter on its way into the user's program.
struct Embedded<'a> {
    krate: &'a TokenStream,
    filter: &'a Filter<'a>,
    file: Option<&'a FilterFile>,
    arch: Arch,
    log: bool,
    instructions: &'a [Insn],
    refused_calls: Option<&'a str>,
    at_start: bool,
    note: Option<Note>,
}

impl Embedded<'_> {
    fn expression(&self) -> TokenStream {
        let Self { krate, log, .. } = self;
        let instructions = self.instructions.iter().map(|insn| self.instruction(*insn));
        let source = self.filter.source;
        let arch = match self.instructions {
            [] => "none",
            _ => self.arch.name(),
        };
        let audit_arch = Literal::u32_suffixed(self.arch.audit_arch());
        let report = self.report();
        let (file, line) = self.place();
        // Makes the compiler build the crate again when the file changes.
        let tracked = self.file.and_then(|file| file.path.to_str()).map(|path| {
            quote!(
                const _: &[u8] = ::core::include_bytes!(#path);
            )
        });
        let note = self.note();
        let program = quote!([#(#instructions),*]);
        // The handler has to know whose refusal a signal reports.
        let program = match self.refused_calls {
            Some(_) => quote!(#krate::__private::tagged(#program, TAG)),
            None => program,
        };
        let tag = self.refused_calls.map(|_| {
            quote!(
                const TAG: ::core::primitive::u16 = #krate::__private::tag(#source, #file, #line);
            )
        });
        quote!({
            #tracked
            #note
            #tag
            const PROGRAM: &[#krate::Instruction] = &#program;
            #krate::Filter::from_parts(#krate::__private::Parts {
                program: PROGRAM,
                source: #source,
                file: #file,
                line: #line,
                arch: #arch,
                audit_arch: #audit_arch,
                log: #log,
                failure: #krate::__private::c_str(::core::concat!(
                    "syscallset: cannot restrict this program at ", #file, ":", #line, ": \0"
                )),
                report: #report,
            })
        })
    }

    /// The ELF note that tells `syscallset inspect` of the filter.
    fn note(&self) -> Option<TokenStream> {
        let krate = self.krate;
        let record = self.note.as_ref()?.record(self.arch.big_endian());
        let size = Literal::usize_unsuffixed(record.len());
        let bytes = Literal::byte_string(&record);
        Some(quote!(#krate::__private::note! { #size, #bytes }))
    }

    /// The file and line of the filter string, as expressions.
    fn place(&self) -> (TokenStream, TokenStream) {
        match self.file {
            Some(FilterFile { name, .. }) => (quote!(#name), quote!(1)),
            None => (quote!(::core::file!()), quote!(::core::line!())),
        }
    }

    fn report(&self) -> TokenStream {
        let Some(refused_calls) = self.refused_calls else {
            return quote!(::core::option::Option::None);
        };
        let (krate, at_start) = (self.krate, self.at_start);
        let (file, line) = self.place();
        let source = self.filter.to_string();
        quote!(::core::option::Option::Some(&#krate::__private::Report {
            tag: TAG,
            at_start: #at_start,
            source: #source,
            file: #file,
            line: #line,
            refused_calls: #refused_calls,
            register: #krate::__private::register,
        }))
    }

    fn instruction(&self, insn: Insn) -> TokenStream {
        let krate = self.krate;
        let code = Literal::u16_unsuffixed(insn.code);
        let jt = Literal::u8_unsuffixed(insn.jt);
        let jf = Literal::u8_unsuffixed(insn.jf);
        let k = Literal::u32_unsuffixed(insn.k);
        quote!(#krate::Instruction::new(#code, #jt, #jf, #k))
    }
}
