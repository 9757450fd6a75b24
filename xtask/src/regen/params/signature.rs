//! Signatures of system calls in the kernel's own words: C types and names.

use super::Result;
use std::fmt;

/// One parameter, for example `unsigned int flags` or `char* filename`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Parameter {
    /// The C type without `const` and `__user`, a star directly behind what it belongs to.
    pub(super) ctype: String,
    pub(super) name: String,
}

/// The parameters of a call, in the kernel's order.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Signature(pub(super) Vec<Parameter>);

/// What stands for an empty list.
const NONE: &str = "void";

impl Signature {
    /// Reads what `Display` prints: `int dfd, char* filename`.
    pub(super) fn parse(text: &str) -> Result<Self> {
        if text.trim() == NONE {
            return Ok(Self::default());
        }
        let parameters = text.split(',').map(|parameter| {
            let (ctype, name) = parameter
                .trim()
                .rsplit_once(' ')
                .ok_or_else(|| format!("`{}` is not a type and a name", parameter.trim()))?;
            Parameter::new(ctype, name)
        });
        Ok(Self(parameters.collect::<Result<_>>()?))
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str(NONE);
        }
        for (index, parameter) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{} {}", parameter.ctype, parameter.name)?;
        }
        Ok(())
    }
}

impl Parameter {
    /// Brings a type as the source spells it into the form of `ctype`.
    pub(super) fn new(ctype: &str, name: &str) -> Result<Self> {
        let spaced = ctype.replace('*', " * ");
        let mut normal = String::new();
        for word in spaced.split_whitespace() {
            match word {
                "const" | "__user" => {}
                "*" => normal.push('*'),
                _ => {
                    if !normal.is_empty() {
                        normal.push(' ');
                    }
                    normal.push_str(word);
                }
            }
        }
        let named = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        if normal.is_empty() || !named {
            return Err(format!("`{ctype} {name}` is not a type and a name"));
        }
        Ok(Self {
            ctype: normal,
            name: name.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qualifiers_go_and_stars_stay() {
        let parameter = Parameter::new("const  char __user *const __user *", "argv").unwrap();
        assert_eq!(parameter.ctype, "char**");
        assert_eq!(
            Parameter::new("unsigned  int", "fd").unwrap().ctype,
            "unsigned int"
        );
        assert!(Parameter::new("const", "fd").is_err());
        assert!(Parameter::new("int", "a b").is_err());
        assert!(Parameter::new("int", "2").is_err());
    }

    #[test]
    fn text_comes_back() {
        for text in ["void", "int dfd, struct open_how* how, size_t size"] {
            assert_eq!(Signature::parse(text).unwrap().to_string(), text);
        }
        assert!(Signature::parse("int").is_err());
    }
}
