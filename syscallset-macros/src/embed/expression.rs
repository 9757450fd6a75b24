//! A compiled filter as an expression of type `Filter`: the program as a constant array.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syscallset_compiler::Arch;
use syscallset_compiler::compile::{OnViolation, Program};
use syscallset_compiler::filter::Filter;
use syscallset_compiler::insn::Insn;
use syscallset_compiler::note::Note;

use super::Input;
use crate::strings::FilterFile;

/// A compiled filter on its way into the user's program.
pub(super) struct Embedded<'a> {
    pub(super) input: &'a Input,
    pub(super) filter: &'a Filter<'a>,
    pub(super) file: Option<&'a FilterFile>,
    pub(super) on_violation: OnViolation,
    pub(super) program: &'a Program,
}

impl Embedded<'_> {
    pub(super) fn expression(&self) -> TokenStream {
        let krate = &self.input.krate;
        let log = self.input.arguments.log;
        let source = self.filter.source;
        let arch = self.input.arch.map_or("none", Arch::name);
        let audit_arch = Literal::u32_suffixed(self.input.checked().audit_arch());
        let instructions = self.instructions().iter();
        let instructions = instructions.map(|insn| self.instruction(*insn));
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
        let program = match self.refused_calls() {
            Some(_) => quote!(#krate::__private::tagged(#program, TAG)),
            None => program,
        };
        let tag = self.refused_calls().map(|_| {
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

    /// The program; none for another operating system, whose strings are only checked.
    fn instructions(&self) -> &[Insn] {
        match self.input.arch {
            Some(_) => &self.program.instructions,
            None => &[],
        }
    }

    /// The table for the report, if there is a program and it reports.
    fn refused_calls(&self) -> Option<&str> {
        self.input.arch?;
        self.program.refused_calls.as_deref()
    }

    /// The ELF note that tells `syscallset inspect` of the filter.
    fn note(&self) -> Option<TokenStream> {
        let Input {
            krate,
            arch,
            debug,
            arguments,
        } = self.input;
        let arch = arch.filter(|_| arguments.note)?;
        let note = Note::new(
            self.filter.to_string(),
            arch,
            self.on_violation,
            *debug,
            arguments.log,
            self.instructions(),
        );
        let record = note.record(arch.big_endian());
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
        let Some(refused_calls) = self.refused_calls() else {
            return quote!(::core::option::Option::None);
        };
        let krate = &self.input.krate;
        let at_start = self.input.arguments.at_start;
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
        let krate = &self.input.krate;
        let code = Literal::u16_unsuffixed(insn.code);
        let jt = Literal::u8_unsuffixed(insn.jt);
        let jf = Literal::u8_unsuffixed(insn.jf);
        let k = Literal::u32_unsuffixed(insn.k);
        quote!(#krate::Instruction::new(#code, #jt, #jf, #k))
    }
}
