//! A call as it is written: `read`, `read(3, 0, 100)`, `socket(domain=1)`, `600`.

use syscallset_compiler::parse::parse_value;
use syscallset_compiler::resolve::value;
use syscallset_tables::{Arch, Param, Place};

use super::written::{self, LIKE};
use crate::failure::Failure;
use crate::source::{Source, is_item};

/// A call to decide about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// The name, if the number has one.
    pub(crate) name: Option<&'static str>,
    /// The number on the architecture.
    pub(crate) number: u32,
    /// The argument registers; those not given are 0.
    pub(crate) args: [u64; 6],
    /// Which of them are given.
    pub(crate) given: [bool; 6],
}

/// Reads a call.
///
/// # Errors
///
/// Names and parameters that do not exist, and values that are none.
pub(crate) fn parse(text: &str, arch: Arch) -> Result<Call, Failure> {
    let (head, arguments) = written::parts(text)?;
    let (name, number) = number(head, arch)?;
    let mut call = Call {
        name,
        number,
        args: [0; 6],
        given: [false; 6],
    };
    let mut given = [None; 6];
    // `read()` gives none.
    let arguments = arguments.filter(|all| !matches!(all[..], [one] if one.trim().is_empty()));
    for (index, argument) in arguments.into_iter().flatten().enumerate() {
        let words = match assign(&mut call, index, argument, arch)? {
            Place::Word(word) => vec![usize::from(word)],
            Place::Pair { low, high } => vec![usize::from(low), usize::from(high)],
        };
        let argument = argument.trim();
        for word in words {
            if let Some(before) = given[word].replace(argument) {
                return Err(Failure::usage(format!(
                    "`{text}`: `{argument}` gives argument {word} again, after `{before}`"
                ))
                .with_help(
                    "arguments count from 0; one without a name has the number of its place",
                ));
            }
        }
    }
    call.given = given.map(|argument| argument.is_some());
    Ok(call)
}

fn number(head: &str, arch: Arch) -> Result<(Option<&'static str>, u32), Failure> {
    let digits = head.strip_prefix("0x");
    let number = digits.map_or_else(
        || head.parse().ok(),
        |hex| u32::from_str_radix(hex, 16).ok(),
    );
    if let Some(number) = number.or_else(|| (head == "-1").then_some(u32::MAX)) {
        return Ok((arch.name_of(number), number));
    }
    if head.starts_with(|first: char| first.is_ascii_digit()) {
        return Err(
            Failure::usage(format!("`{head}` is not the number of a call")).with_help(
                "numbers are decimal or, behind `0x`, hexadecimal, and have at most 32 bits",
            ),
        );
    }
    if is_item(head) || head.starts_with(['!', '-', '^']) {
        return Err(Failure::usage(format!("`{head}` is not a call")).with_help(LIKE));
    }
    let source = Source::argument(head);
    let filter = source.parse(arch)?;
    source.check_names(&filter, arch)?;
    let name = syscallset_tables::call(head).ok_or_else(|| {
        Failure::usage(format!("`{head}` is not the name of a call")).with_help(LIKE)
    })?;
    let number = arch.number(name).ok_or_else(|| {
        Failure::usage(format!("{} has no call `{name}`", arch.name()))
            .with_help("name another architecture with `--arch`")
    })?;
    Ok((Some(name), number))
}

/// Sets one argument, and says where: the one of this index, or that of a named parameter.
fn assign(call: &mut Call, index: usize, argument: &str, arch: Arch) -> Result<Place, Failure> {
    let (place, text) = match argument.split_once('=') {
        Some((parameter, text)) => (place(call, parameter.trim(), arch)?, text),
        None => match u8::try_from(index) {
            Ok(word @ 0..=5) => (Place::Word(word), argument),
            _ => return Err(Failure::usage("a call has at most six arguments")),
        },
    };
    let bits = register(text, arch)?;
    match place {
        Place::Word(word) => call.args[usize::from(word)] = bits,
        Place::Pair { low, high } => {
            call.args[usize::from(low)] = bits & 0xffff_ffff;
            call.args[usize::from(high)] = bits >> 32;
        }
    }
    Ok(place)
}

/// Where the value of a parameter is, which is named or numbered.
fn place(call: &Call, parameter: &str, arch: Arch) -> Result<Place, Failure> {
    if let Ok(word @ 0..=5) = parameter.parse() {
        return Ok(Place::Word(word));
    }
    let name = call.name.unwrap_or_default();
    let params = syscallset_tables::params(arch, name);
    let known = params
        .iter()
        .flat_map(|params| params.iter().map(Param::manual_name))
        .collect::<Vec<_>>()
        .join(", ");
    params
        .and_then(|params| params.named(parameter).map(|param| param.place))
        .ok_or_else(|| {
            Failure::usage(format!("`{name}` has no parameter `{parameter}`")).with_help(format!(
                "its parameters are {known}; or write the index, 0 to 5"
            ))
        })
}

/// The bits of a value in a 64-bit register; negative ones are sign-extended, as most callers do.
fn register(text: &str, arch: Arch) -> Result<u64, Failure> {
    let source = Source::argument(text);
    let number = parse_value(&source.text)
        .and_then(|parsed| value(&parsed, arch))
        .map_err(|error| source.failure(&[error]))?;
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the two's complement is wanted"
    )]
    Ok(number as u64)
}

#[cfg(test)]
mod tests {
    use syscallset_tables::Arch;

    use super::parse;

    #[test]
    fn arguments_come_by_place_name_and_index() {
        let parse = |text| parse(text, Arch::X86_64).unwrap();
        assert_eq!(parse("read").number, 0);
        assert_eq!(parse("read()").args, [0; 6]);
        assert_eq!(parse("read(3, 0x10,-1)").args, [3, 16, u64::MAX, 0, 0, 0]);
        assert_eq!(parse("socket(type=2, 0=1)").args, [1, 2, 0, 0, 0, 0]);
        assert_eq!(parse("600").name, None);
        assert_eq!(parse("0x40000001").number, 0x4000_0001);
        assert_eq!(parse("-1").number, u32::MAX);
        assert_eq!(parse("1").name, Some("write"));
    }

    #[test]
    fn what_is_no_call_is_refused() {
        for text in [
            "",
            "reed",
            "read(",
            "read(x=1)",
            "read(1,2,3,4,5,6,7)",
            "read(q)",
            "@aio",
            "!read",
            "read(,)",
        ] {
            assert!(parse(text, Arch::X86_64).is_err(), "{text}");
        }
        assert!(parse("llseek", Arch::X86_64).is_err());
    }

    #[test]
    fn wide_values_are_split_where_registers_are_narrow() {
        let call = parse("pread64(pos=0x100000002)", Arch::Arm).unwrap();
        assert_eq!(call.args, [0, 0, 0, 0, 2, 1]);
        assert_eq!(call.given, [false, false, false, false, true, true]);
    }
}
