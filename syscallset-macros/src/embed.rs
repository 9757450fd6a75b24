//! A filter string as an expression of type `Filter`: the program as a constant array.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, Token, bracketed};
use syscallset_compiler::action::Action;
use syscallset_compiler::compile::{Program, compile_filter};
use syscallset_compiler::insn::Insn;
use syscallset_compiler::parse::parse;
use syscallset_compiler::render::render;
use syscallset_compiler::{Arch, resolve};

use crate::arguments::Arguments;
use crate::diagnostics::{Fault, compile_errors};
use crate::strings::Strings;

/// `[path of the crate] architecture; arguments`
struct Input {
    krate: TokenStream,
    arch: Option<Arch>,
    arguments: Arguments,
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let krate;
        bracketed!(krate in input);
        let krate = krate.parse()?;
        let name: Ident = input.parse()?;
        input.parse::<Token![;]>()?;
        Ok(Self {
            krate,
            arch: Arch::from_name(&name.to_string()),
            arguments: input.parse()?,
        })
    }
}

/// Expands to the filter, or to one `compile_error!` for each fault.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
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
        arguments,
    } = input;
    let strings = Strings::join(&arguments.literals, arguments.span);
    // Another operating system gets the checks of one that we know, and no program.
    let checked = arch.unwrap_or(Arch::X86_64);
    let violation = violation(arguments, checked).map_err(|fault| vec![fault])?;
    let program = compile(&strings, checked, violation)?;

    let instructions: TokenStream = if arch.is_some() {
        program
            .instructions
            .iter()
            .map(|insn| instruction(krate, *insn))
            .collect()
    } else {
        TokenStream::new()
    };
    let source = &strings.source;
    let audit_arch = Literal::u32_suffixed(checked.audit_arch());
    let log = arguments.log;
    Ok(quote!({
        const PROGRAM: &[#krate::Instruction] = &[#instructions];
        #krate::Filter::from_macro(
            PROGRAM,
            #source,
            (::core::file!(), ::core::line!()),
            #audit_arch,
            #log,
        )
    }))
}

fn violation(arguments: &Arguments, arch: Arch) -> Result<Action, Fault> {
    let Some(literal) = &arguments.on_violation else {
        return Ok(Action::KillProcess);
    };
    resolve::action(&literal.value(), arch).map_err(|kind| {
        let text = literal.value();
        let span = syscallset_compiler::span::Span::new(0, text.len());
        let error = syscallset_compiler::error::Error::new(kind, span);
        Fault::new(literal.span(), render(&text, &error))
    })
}

fn compile(strings: &Strings, arch: Arch, violation: Action) -> Result<Program, Vec<Fault>> {
    parse(&strings.source)
        .and_then(|filter| compile_filter(&filter, arch, violation))
        .map_err(|errors| {
            let fault = |error: &syscallset_compiler::error::Error| {
                Fault::new(
                    strings.span_at(error.span.start),
                    render(&strings.source, error),
                )
            };
            errors.iter().map(fault).collect()
        })
}

fn instruction(krate: &TokenStream, insn: Insn) -> TokenStream {
    let Insn { code, jt, jf, k } = insn;
    let (code, jt, jf) = (
        Literal::u16_unsuffixed(code),
        Literal::u8_unsuffixed(jt),
        Literal::u8_unsuffixed(jf),
    );
    let k = Literal::u32_unsuffixed(k);
    quote!(#krate::Instruction::new(#code, #jt, #jf, #k),)
}
