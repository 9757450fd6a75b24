//! The item under `#[restrict]`, as raw tokens: only what has to be known of it is looked at.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};

use crate::diagnostics::Fault;

/// A function in parts.
pub(crate) struct Function {
    /// The outer attributes, each as `#[…]`.
    pub(crate) attributes: Vec<TokenStream>,
    /// Visibility and qualifiers without `async`.
    pub(crate) qualifiers: TokenStream,
    /// The keyword `async`, where it stands.
    pub(crate) asynchronous: Option<Ident>,
    /// The keyword `fn`.
    pub(crate) keyword: TokenTree,
    /// Name to return type.
    pub(crate) signature: TokenStream,
    /// The body.
    pub(crate) body: Group,
}

/// The attributes of the language that leave a function a function of the same kind: any other one
/// may be a macro that starts threads before the body.
const INERT: [&str; 19] = [
    "allow",
    "automatically_derived",
    "cfg",
    "cfg_attr",
    "cold",
    "deny",
    "deprecated",
    "doc",
    "expect",
    "export_name",
    "forbid",
    "inline",
    "link_section",
    "must_use",
    "no_mangle",
    "rustfmt",
    "track_caller",
    "unsafe",
    "warn",
];

impl Function {
    /// Takes `fn main` apart.
    ///
    /// # Errors
    ///
    /// Any other item.
    pub(crate) fn parse(item: &TokenStream) -> Result<Self, Fault> {
        let mut tokens: Vec<TokenTree> = item.clone().into_iter().collect();
        let whole = tokens.first().map_or_else(Span::call_site, TokenTree::span);
        let not_main = |span| {
            Fault::new(
                span,
                "`#[restrict]` goes on `fn main`\nhelp: to restrict at another place, write \
                 `static FILTER: syscallset::Filter = syscallset::filter!(\"…\");` and call \
                 `FILTER.load()?` there",
            )
        };
        let Some(TokenTree::Group(body)) = tokens.pop() else {
            return Err(not_main(whole));
        };
        let body = without_invisible_delimiters(body);
        if body.delimiter() != Delimiter::Brace {
            return Err(not_main(whole));
        }
        let attributes = take_attributes(&mut tokens);
        let position = tokens.iter().position(|token| is_ident(token, "fn"));
        let Some(position) = position else {
            return Err(not_main(whole));
        };
        let mut signature = tokens.split_off(position);
        let keyword = signature.remove(0);
        let Some(name) = signature.first() else {
            return Err(not_main(whole));
        };
        if !is_ident(name, "main") && !is_ident(name, "r#main") {
            return Err(not_main(name.span()));
        }
        let asynchronous = tokens.iter().find_map(|token| match token {
            TokenTree::Ident(ident) if ident == "async" => Some(ident.clone()),
            _ => None,
        });
        let qualifiers = tokens
            .into_iter()
            // What is put in front of the body is not for constants; nothing calls `main` in one.
            .filter(|token| !is_ident(token, "async") && !is_ident(token, "const"))
            .collect();
        Ok(Self {
            attributes,
            qualifiers,
            asynchronous,
            keyword,
            signature: signature.into_iter().collect(),
            body,
        })
    }

    /// Whether an attribute below ours may turn the function into something else.
    pub(crate) fn has_macro(&self) -> bool {
        self.attributes.iter().any(|attribute| !is_inert(attribute))
    }

    /// The function with `statements` in front of its body.
    pub(crate) fn with_prefix(&self, statements: &TokenStream) -> TokenStream {
        let Self {
            attributes,
            qualifiers,
            asynchronous,
            keyword,
            signature,
            ..
        } = self;
        let body = prefix(&self.body, statements);
        quote!(#(#attributes)* #qualifiers #asynchronous #keyword #signature #body)
    }
}

/// Puts statements in front of a body, behind its inner attributes. The body stays a block of its
/// own: items that begin it would be items after statements otherwise, which clippy dislikes.
fn prefix(body: &Group, statements: &TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
    let mut inner = 0;
    while let [
        TokenTree::Punct(hash),
        TokenTree::Punct(bang),
        TokenTree::Group(_),
        ..,
    ] = &tokens[inner..]
    {
        if hash.as_char() != '#' || bang.as_char() != '!' {
            break;
        }
        inner += 3;
    }
    let (attributes, rest) = tokens.split_at(inner);
    let attributes: TokenStream = attributes.iter().cloned().collect();
    let braces = begins_with_item(rest);
    let rest: TokenStream = rest.iter().cloned().collect();
    let rest = if braces {
        block(rest, body.span())
    } else {
        rest
    };
    block(quote!(#attributes #statements #rest), body.span())
}

/// Whether a body begins with an item, or with an attribute, which may belong to one.
fn begins_with_item(body: &[TokenTree]) -> bool {
    const KEYWORDS: [&str; 13] = [
        "const",
        "enum",
        "extern",
        "fn",
        "impl",
        "macro_rules",
        "mod",
        "pub",
        "static",
        "struct",
        "trait",
        "type",
        "use",
    ];
    match body {
        [TokenTree::Punct(punct), ..] => punct.as_char() == '#',
        [TokenTree::Ident(ident), ..] => KEYWORDS.iter().any(|keyword| ident == keyword),
        _ => false,
    }
}

/// Statements in braces that are somewhere in the user's program.
fn block(statements: TokenStream, place: Span) -> TokenStream {
    let mut group = Group::new(Delimiter::Brace, statements);
    group.set_span(place);
    group.into_token_stream()
}

/// What a macro's `$body:block` stands for: it comes as a group in delimiters that nobody sees.
fn without_invisible_delimiters(group: Group) -> Group {
    if group.delimiter() != Delimiter::None {
        return group;
    }
    let mut tokens = group.stream().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(inner)), None) => without_invisible_delimiters(inner),
        _ => group,
    }
}

/// Takes the outer attributes off the front.
fn take_attributes(tokens: &mut Vec<TokenTree>) -> Vec<TokenStream> {
    let mut attributes = Vec::new();
    while let [TokenTree::Punct(hash), TokenTree::Group(group), ..] = tokens.as_slice() {
        if hash.as_char() != '#' || group.delimiter() != Delimiter::Bracket {
            break;
        }
        attributes.push(tokens.drain(..2).collect());
    }
    attributes
}

fn is_ident(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}

/// Whether `#[…]` is an attribute of the language, or of a tool as `rustfmt::skip` is.
fn is_inert(attribute: &TokenStream) -> bool {
    let Some(TokenTree::Group(group)) = attribute.clone().into_iter().nth(1) else {
        return false;
    };
    let mut path = group.stream().into_iter();
    let Some(TokenTree::Ident(first)) = path.next() else {
        return false;
    };
    let tool = first == "clippy" || first == "rustfmt" || first == "diagnostic";
    let qualified = matches!(path.next(), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    tool || (!qualified && INERT.iter().any(|name| first == name))
}
