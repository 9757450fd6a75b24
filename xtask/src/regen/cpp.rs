//! As much of the C preprocessor as the kernel's exported headers need to give up their numbers: conditions,
//! includes and object-like macros. The headers are written for it, so that reading them by pattern would mean
//! to guess at bases, aliases and conditions that they spell out.

use super::Result;
use super::expression::evaluate;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// The macros after some headers, as a compiler with certain predefined macros would see them.
pub(super) struct Preprocessor {
    /// Where `<…>` is looked for, in this order.
    directories: Vec<PathBuf>,
    macros: BTreeMap<String, String>,
}

/// One open `#if`.
struct Branch {
    /// Whether the lines here count.
    active: bool,
    /// Whether an earlier arm was taken, or none may be.
    done: bool,
}

impl Preprocessor {
    pub(super) fn new(directories: Vec<PathBuf>, predefined: &[(&str, &str)]) -> Self {
        let macros = predefined
            .iter()
            .map(|&(name, body)| (name.to_owned(), body.to_owned()))
            .collect();
        Self {
            directories,
            macros,
        }
    }

    /// The macros and their bodies.
    pub(super) fn macros(&self) -> impl Iterator<Item = (&str, &str)> {
        self.macros
            .iter()
            .map(|(name, body)| (name.as_str(), body.as_str()))
    }

    /// The number that a macro stands for.
    pub(super) fn value(&self, name: &str) -> Result<i64> {
        let body = self
            .macros
            .get(name)
            .ok_or_else(|| format!("no macro `{name}`"))?;
        evaluate(body, &self.macros, true).map_err(|error| format!("macro `{name}`: {error}"))
    }

    /// Defines a macro, as a header does that is not there to be read.
    pub(super) fn define(&mut self, name: &str, body: &str) {
        self.macros.insert(name.to_owned(), body.to_owned());
    }

    /// Reads a header, `asm/unistd.h` for example.
    ///
    /// # Errors
    /// No such header, or one that says more than is understood here.
    pub(super) fn include(&mut self, header: &str) -> Result<()> {
        // The kernel's build gives an architecture without a header of its own the generic one of that name.
        let generic = header
            .strip_prefix("asm/")
            .map(|name| format!("asm-generic/{name}"));
        let path = [Some(header), generic.as_deref()]
            .into_iter()
            .flatten()
            .flat_map(|header| {
                self.directories
                    .iter()
                    .map(move |directory| directory.join(header))
            })
            .find(|path| path.is_file())
            .ok_or_else(|| {
                let places: Vec<_> = self
                    .directories
                    .iter()
                    .map(|place| place.display().to_string())
                    .collect();
                format!("no header `{header}` in {}", places.join(", "))
            })?;
        let text = fs::read_to_string(&path)
            .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
        self.read(&text)
            .map_err(|error| format!("`{}`: {error}", path.display()))
    }

    /// Follows the directives of a text.
    pub(super) fn read(&mut self, text: &str) -> Result<()> {
        let mut branches: Vec<Branch> = Vec::new();
        for line in strip_comments(text).replace("\\\n", " ").lines() {
            let Some(directive) = line.trim_start().strip_prefix('#') else {
                continue;
            };
            let directive = directive.trim();
            let (word, rest) = directive
                .split_once([' ', '\t', '('])
                .map_or((directive, ""), |(word, _)| {
                    (word, directive[word.len()..].trim())
                });
            let active = branches.iter().all(|branch| branch.active);
            match word {
                "if" | "ifdef" | "ifndef" => {
                    let holds = active && self.holds(word, rest)?;
                    branches.push(Branch {
                        active: holds,
                        done: holds || !active,
                    });
                }
                "elif" => {
                    let branch = branches.last_mut().ok_or("`#elif` without `#if`")?;
                    let holds = !branch.done && evaluate(rest, &self.macros, false)? != 0;
                    branch.active = holds;
                    branch.done |= holds;
                }
                "else" => {
                    let branch = branches.last_mut().ok_or("`#else` without `#if`")?;
                    branch.active = !branch.done;
                    branch.done = true;
                }
                "endif" => {
                    branches.pop().ok_or("`#endif` without `#if`")?;
                }
                _ if !active => {}
                "include" => {
                    let header = rest.trim_matches(['<', '>', '"']).to_owned();
                    self.include(&header)?;
                }
                "define" => self.take(rest),
                "undef" => {
                    self.macros.remove(rest);
                }
                "error" => return Err(format!("`#error {rest}`")),
                _ => {}
            }
        }
        if branches.is_empty() {
            Ok(())
        } else {
            Err("an `#if` without `#endif`".into())
        }
    }

    /// Whether the condition of an `#if`, `#ifdef` or `#ifndef` holds.
    fn holds(&self, word: &str, rest: &str) -> Result<bool> {
        Ok(match word {
            "ifdef" => self.macros.contains_key(rest),
            "ifndef" => !self.macros.contains_key(rest),
            _ => evaluate(rest, &self.macros, false)? != 0,
        })
    }

    /// Takes the text after `#define`. Macros with parameters never are plain numbers, so they are left out.
    fn take(&mut self, definition: &str) {
        let end = definition
            .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
            .unwrap_or(definition.len());
        let (name, body) = definition.split_at(end);
        if !body.starts_with('(') {
            self.define(name, body.trim());
        }
    }
}

/// Replaces every comment by a blank, keeping the line breaks inside, as directives end with their line.
pub(super) fn strip_comments(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('/') {
        plain.push_str(&rest[..start]);
        rest = &rest[start..];
        if let Some(comment) = rest.strip_prefix("/*") {
            let end = comment.find("*/").unwrap_or(comment.len());
            plain.push(' ');
            plain.extend(comment[..end].chars().filter(|&letter| letter == '\n'));
            rest = comment.get(end + 2..).unwrap_or_default();
        } else if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else {
            plain.push('/');
            rest = &rest[1..];
        }
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::{Preprocessor, strip_comments};

    fn read(predefined: &[(&str, &str)], text: &str) -> Result<Preprocessor, String> {
        let mut macros = Preprocessor::new(Vec::new(), predefined);
        macros.read(text)?;
        Ok(macros)
    }

    #[test]
    fn conditions_choose_an_arm() {
        let text = "\
#ifndef GUARD
#define GUARD
# if defined(__i386__)
#  define ABI 1
# elif defined(__ILP32__)
#  define ABI 2
# elif defined(__ILP32__)
#  define ABI 9
# else
#  define ABI 3
# endif
#endif
";
        for (name, abi) in [("__i386__", 1), ("__ILP32__", 2), ("other", 3)] {
            assert_eq!(read(&[(name, "1")], text).unwrap().value("ABI"), Ok(abi));
        }
        assert!(read(&[("GUARD", "")], text).unwrap().value("ABI").is_err());
    }

    #[test]
    fn nothing_counts_inside_an_arm_not_taken() {
        let text = "#if 0\n# if 1\n#  define A 1\n# else\n#  define A 2\n# endif\n# error no\n#else\n#define B 3\n#endif\n";
        let macros = read(&[], text).unwrap();
        assert!(macros.value("A").is_err());
        assert_eq!(macros.value("B"), Ok(3));
    }

    #[test]
    fn definitions() {
        let text = "\
#define __NR_a (BASE + 1) /* one
 #define __NR_wrong 9 */
#define __NR_b\t__NR_a // alias
#define CALL(x) x
#define\tLONG 1 + \\
  2
#define GONE 1
#undef GONE
";
        let macros = read(&[("BASE", "0x10")], text).unwrap();
        assert_eq!(macros.value("__NR_a"), Ok(0x11));
        assert_eq!(macros.value("__NR_b"), Ok(0x11));
        assert_eq!(macros.value("LONG"), Ok(3));
        let names: Vec<_> = macros.macros().map(|(name, _)| name).collect();
        assert_eq!(names, ["BASE", "LONG", "__NR_a", "__NR_b"]);
    }

    #[test]
    fn what_is_not_understood_is_an_error() {
        for (text, expected) in [
            ("#error stop\n", "`#error stop`"),
            ("#if 1\n", "an `#if` without `#endif`"),
            ("#endif\n", "`#endif` without `#if`"),
            ("#else\n", "`#else` without `#if`"),
            ("#elif 1\n", "`#elif` without `#if`"),
            ("#include <asm/none.h>\n", "no header `asm/none.h` in "),
        ] {
            assert_eq!(read(&[], text).err().as_deref(), Some(expected));
        }
    }

    #[test]
    fn comments_become_blanks() {
        assert_eq!(
            strip_comments("a/* b */c // d\ne / f /* g\nh */ i"),
            "a c \ne / f  \n i"
        );
        assert_eq!(strip_comments("a /* b"), "a  ");
    }
}
