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
        let mut log = None;
        let mut note = None;
        while !input.is_empty() {
            if input.peek(Ident::peek_any) {
                let name = input.call(Ident::parse_any)?;
                match name.to_string().as_str() {
                    "on_violation" => {
                        once(&name, arguments.on_violation.is_some())?;
                        arguments.on_violation = Some(value(&name, input, "\"EPERM\"")?);
                    }
                    "file" => {
                        once(&name, arguments.file.is_some())?;
                        arguments.file = Some(value(&name, input, "\"PATH\"")?);
                    }
                    "log" => {
                        once(&name, log.is_some())?;
                        log = Some(value::<LitBool>(&name, input, "true")?.value);
                    }
                    "note" => {
                        once(&name, note.is_some())?;
                        note = Some(value::<LitBool>(&name, input, "false")?.value);
                    }
                    "__at_start" => {
                        arguments.at_start = value::<LitBool>(&name, input, "true")?.value;
                    }
                    other => return Err(unknown(other, &name, input)),
                }
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
        arguments.log = log.unwrap_or(false);
        arguments.note = note.unwrap_or(true);
        match (&arguments.file, arguments.literals.first()) {
            (None, None) => Err(syn::Error::new(
                place,
                "no filter string\nhelp: write what the program may do, as in `\"@basic-io\"`; \
                 \"\" allows only what every process needs",
            )),
            (Some(_), Some(literal)) => Err(syn::Error::new(
                literal.span(),
                "a filter string beside `file`\nhelp: write it into the file, or leave `file` out",
            )),
            _ => Ok(arguments),
        }
    }
}

fn once(name: &Ident, given: bool) -> syn::Result<()> {
    if given {
        return Err(syn::Error::new(
            name.span(),
            format!("`{name}` is given twice"),
        ));
    }
    Ok(())
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
             constants have values and other macros are expanded: write the string itself here; {OPTIONS}"
        )
    };
    syn::Error::new(name.span(), message)
}
