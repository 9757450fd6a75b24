//! What stands in the parentheses of `#[restrict(…)]` and `filter!(…)`.

use proc_macro2::Span;
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitBool, LitStr, Token};

/// The options, for messages.
const OPTIONS: &str = "the options are `file = \"…\"` instead of strings, `on_violation = \"…\"`, `log = true`, `note = false`, and with \
    `#[restrict]` `crate = path`";

/// The arguments, checked for form only.
pub(crate) struct Arguments {
    pub(crate) literals: Vec<LitStr>,
    pub(crate) file: Option<LitStr>,
    pub(crate) on_violation: Option<LitStr>,
    pub(crate) log: bool,
    /// Whether the program gets a note that says what its filter is.
    pub(crate) note: bool,
    /// Whether the filter is `#[restrict]`'s, which adds this option: it is loaded before there are threads.
    pub(crate) at_start: bool,
}

impl Arguments {
    /// Parses the rest of `input`. A fault of the whole is reported at `place`.
    ///
    /// # Errors
    ///
    /// Whatever is no filter string and no option.
    pub(crate) fn parse(input: ParseStream<'_>, place: Span) -> syn::Result<Self> {
        let mut arguments = Self {
            literals: Vec::new(),
            file: None,
            on_violation: None,
            log: false,
            note: true,
            at_start: false,
        };
        let mut given = Vec::new();
        while !input.is_empty() {
            if input.peek(Ident::peek_any) {
                arguments.option(input, &mut given)?;
            } else if input.peek(LitStr) {
                let literal: LitStr = input.parse()?;
                if !literal.suffix().is_empty() {
                    return Err(syn::Error::new(literal.span(), "a string with a suffix"));
                }
                arguments.literals.push(literal);
            } else {
                return Err(input.error(format!(
                    "expected a filter string or an option\nhelp: a filter is one or more string \
                     literals; {OPTIONS}"
                )));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        arguments.has_one_source(place)?;
        Ok(arguments)
    }

    /// Parses an option; `given` are the names of those before it.
    fn option(&mut self, input: ParseStream<'_>, given: &mut Vec<Ident>) -> syn::Result<()> {
        let name = input.call(Ident::parse_any)?;
        if given.contains(&name) {
            return Err(syn::Error::new(
                name.span(),
                format!("`{name}` is given twice"),
            ));
        }
        match name.to_string().as_str() {
            "on_violation" => self.on_violation = Some(value(&name, input, "\"EPERM\"")?),
            "file" => self.file = Some(value(&name, input, "\"PATH\"")?),
            "log" => self.log = value::<LitBool>(&name, input, "true")?.value,
            "note" => self.note = value::<LitBool>(&name, input, "false")?.value,
            "__at_start" => self.at_start = value::<LitBool>(&name, input, "true")?.value,
            other => return Err(unknown(other, &name, input)),
        }
        given.push(name);
        Ok(())
    }

    /// The filter string is in literals or in a file, not in both.
    fn has_one_source(&self, place: Span) -> syn::Result<()> {
        match (&self.file, self.literals.first()) {
            (None, None) => Err(syn::Error::new(
                place,
                "no filter string\nhelp: write what the program may do, as in `\"@basic-io\"`; \
                 \"\" allows only what every process needs",
            )),
            (Some(_), Some(literal)) => Err(syn::Error::new(
                literal.span(),
                "a filter string beside `file`\nhelp: write it into the file, or leave `file` out",
            )),
            _ => Ok(()),
        }
    }
}

/// The value of an option; `example` is one.
fn value<T: Parse>(name: &Ident, input: ParseStream<'_>, example: &str) -> syn::Result<T> {
    let fault = |place, what| {
        let message = format!("{what}\nhelp: write `{name} = {example}`");
        syn::Error::new(place, message)
    };
    if !input.peek(Token![=]) {
        return Err(fault(name.span(), format!("`{name}` without a value")));
    }
    input.parse::<Token![=]>()?;
    if input.is_empty() {
        return Err(fault(name.span(), format!("`{name}` without a value")));
    }
    let place = input.span();
    input
        .parse()
        .map_err(|_| fault(place, format!("this is no value for `{name}`")))
}

/// The fault of a word that is no option: most often meant for a constant.
fn unknown(word: &str, name: &Ident, input: ParseStream<'_>) -> syn::Error {
    let message = if input.peek(Token![=]) {
        format!("unknown option `{word}`\nhelp: {OPTIONS}")
    } else {
        format!(
            "expected a string literal, found `{word}`\nhelp: the filter is compiled before \
             constants have values and other macros are expanded: write the string itself here, \
             or compile it when the program runs, by `Filter::compile` (feature `runtime`); {OPTIONS}"
        )
    };
    syn::Error::new(name.span(), message)
}
