//! What stands in the parentheses of `#[restrict(…)]` and `filter!(…)`.

use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitBool, LitStr, Token};

/// The options, for messages.
const OPTIONS: &str = "the options are `file = \"…\"` instead of strings, `on_violation = \"…\"`, `log = true`, and with \
    `#[restrict]` `crate = path`";

/// The arguments, checked for form only.
pub(crate) struct Arguments {
    pub(crate) literals: Vec<LitStr>,
    pub(crate) file: Option<LitStr>,
    pub(crate) on_violation: Option<LitStr>,
    pub(crate) log: bool,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let span = input.span();
        let mut arguments = Self {
            literals: Vec::new(),
            file: None,
            on_violation: None,
            log: false,
        };
        let mut log = None;
        while !input.is_empty() {
            if input.peek(Ident::peek_any) {
                let name = input.call(Ident::parse_any)?;
                match name.to_string().as_str() {
                    "on_violation" => {
                        once(&name, arguments.on_violation.is_some())?;
                        arguments.on_violation = Some(value(input, "a string such as \"EPERM\"")?);
                    }
                    "file" => {
                        once(&name, arguments.file.is_some())?;
                        arguments.file = Some(value(input, "the path of a file, in quotes")?);
                    }
                    "log" => {
                        once(&name, log.is_some())?;
                        log = Some(value::<LitBool>(input, "`true` or `false`")?.value);
                    }
                    other => {
                        let message = format!("unknown option `{other}`\nhelp: {OPTIONS}");
                        return Err(syn::Error::new(name.span(), message));
                    }
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
        match (&arguments.file, arguments.literals.first()) {
            (None, None) => Err(syn::Error::new(
                span,
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

fn value<T: Parse>(input: ParseStream<'_>, what: &str) -> syn::Result<T> {
    input.parse::<Token![=]>()?;
    let place = input.span();
    input
        .parse()
        .map_err(|_| syn::Error::new(place, format!("expected {what}")))
}
