//! Parts of the kernel's internal headers, which as a whole do not compile outside the kernel.

use super::super::cpp::strip_comments;
use super::Result;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Takes macros by the beginnings of their names and enumerations by name out of a file.
pub(super) fn read(
    source: &Path,
    file: &str,
    prefixes: &[&str],
    enumerations: &[&str],
) -> Result<String> {
    let path = source.join(file);
    let text = fs::read_to_string(&path)
        .map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    take(&text, prefixes, enumerations).map_err(|error| format!("`{}`: {error}", path.display()))
}

fn take(text: &str, prefixes: &[&str], enumerations: &[&str]) -> Result<String> {
    let text = strip_comments(text).replace("\\\n", " ");
    let mut excerpt = String::new();
    for prefix in prefixes {
        let before = excerpt.len();
        for line in text.lines() {
            let definition = line.strip_prefix("#define").map(str::trim_start);
            if definition.is_some_and(|definition| definition.starts_with(prefix)) {
                excerpt.push_str(line);
                excerpt.push('\n');
            }
        }
        if excerpt.len() == before {
            return Err(format!("no macro begins with `{prefix}`"));
        }
    }
    for name in enumerations {
        let head = format!("enum {name} {{");
        let body = text
            .split_once(&head)
            .and_then(|(_, rest)| rest.split_once('}'))
            .map(|(body, _)| body)
            .ok_or_else(|| format!("no enumeration `{name}`"))?;
        let _ = writeln!(excerpt, "{head}{body}}};");
    }
    Ok(excerpt)
}

#[cfg(test)]
mod tests {
    use super::take;

    const TEXT: &str = "#ifndef H\n#define AF_UNIX\t\t1\n#define AF_LONG \\\n 2\n#define PF_UNIX AF_UNIX\nenum sock_type {\n\
                        \tSOCK_STREAM = 1, /* stream */\n};\n#endif\n";

    #[test]
    fn only_what_was_asked_for() {
        let expected = "#define AF_UNIX\t\t1\n#define AF_LONG   2\nenum sock_type {\n\tSOCK_STREAM = 1,  \n};\n";
        assert_eq!(take(TEXT, &["AF_"], &["sock_type"]).unwrap(), expected);
    }

    #[test]
    fn what_is_not_there_is_an_error() {
        assert!(take(TEXT, &["MSG_"], &[]).unwrap_err().contains("`MSG_`"));
        assert!(
            take(TEXT, &[], &["msg_type"])
                .unwrap_err()
                .contains("`msg_type`")
        );
    }
}
