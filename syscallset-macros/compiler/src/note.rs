//! The ELF note by which a built program says under which filters it puts itself.
//!
//! A note is a record of the section `.note.syscallset`, named `syscallset` and of type [`KIND`]. Its
//! description is text: the fields of [`Note`] in their order, separated by NUL bytes. The
//! `syscallset` command reads it (`syscallset inspect`); nothing at run time does.

use std::fmt;

use syscallset_tables::{Arch, LINUX_VERSION, SYSTEMD_VERSION};

use crate::compile::OnViolation;
use crate::insn::Insn;
use crate::resolve::action_name;

/// The section of the notes.
pub const SECTION: &str = ".note.syscallset";

/// The owner's name in each note.
pub const OWNER: &str = "syscallset";

/// The type of the notes, which is the version of their form.
pub const KIND: u32 = 1;

/// The number of fields, the filter string included.
const FIELDS: usize = 9;

/// What a note says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The version of this crate.
    pub version: String,
    /// The systemd that the sets came from.
    pub systemd: String,
    /// The Linux that the numbers came from.
    pub linux: String,
    /// The architecture, by Rust's name.
    pub arch: String,
    /// What happens to refused calls: `report`, or an action.
    pub on_violation: String,
    /// Whether refused calls are logged.
    pub log: bool,
    /// Whether the program is one for debug builds.
    pub debug: bool,
    /// The instructions of the program.
    pub instructions: usize,
    /// The [`digest`] of the program.
    pub digest: u64,
    /// The filter string, without comments.
    pub filter: String,
}

impl Note {
    /// The note of a program that this crate has just compiled.
    pub fn new(
        filter: String,
        arch: Arch,
        on_violation: OnViolation,
        debug: bool,
        log: bool,
        program: &[Insn],
    ) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            systemd: SYSTEMD_VERSION.to_owned(),
            linux: LINUX_VERSION.to_owned(),
            arch: arch.name().to_owned(),
            on_violation: match on_violation {
                OnViolation::Report => "report".to_owned(),
                OnViolation::ReportAtStart => "report-at-start".to_owned(),
                OnViolation::Action(action) => action_name(action, arch).into_owned(),
            },
            log,
            debug,
            instructions: program.len(),
            digest: digest(program),
            filter,
        }
    }

    /// The description.
    pub fn description(&self) -> String {
        let flags = match (self.debug, self.log) {
            (false, false) => "",
            (false, true) => "log",
            (true, false) => "debug",
            (true, true) => "debug,log",
        };
        let Self {
            version,
            systemd,
            linux,
            arch,
            on_violation,
            instructions,
            digest,
            filter,
            ..
        } = self;
        format!(
            "{version}\0{systemd}\0{linux}\0{arch}\0{on_violation}\0{flags}\0{instructions}\0\
             {digest:016x}\0{filter}"
        )
    }

    /// The whole record, as the section holds it.
    pub fn record(&self, big_endian: bool) -> Vec<u8> {
        let description = self.description();
        let word = |number: usize| {
            // Filter strings are shorter than 4 GiB.
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            if big_endian {
                number.to_be_bytes()
            } else {
                number.to_le_bytes()
            }
        };
        let mut record = Vec::new();
        record.extend(word(OWNER.len() + 1));
        record.extend(word(description.len()));
        record.extend(word(KIND as usize));
        for text in [OWNER.as_bytes(), b"\0", description.as_bytes()] {
            record.extend(text);
            if text != OWNER.as_bytes() {
                record.resize(record.len().next_multiple_of(4), 0);
            }
        }
        record
    }

    /// Reads a description.
    ///
    /// # Errors
    ///
    /// What has another form.
    pub fn parse(description: &[u8]) -> Result<Self, Malformed> {
        let text = std::str::from_utf8(description).map_err(|_| Malformed)?;
        let fields: Vec<_> = text.splitn(FIELDS, '\0').collect();
        let [
            version,
            systemd,
            linux,
            arch,
            on_violation,
            flags,
            instructions,
            digest,
            filter,
        ] = fields[..]
        else {
            return Err(Malformed);
        };
        let mut note = Self {
            version: version.to_owned(),
            systemd: systemd.to_owned(),
            linux: linux.to_owned(),
            arch: arch.to_owned(),
            on_violation: on_violation.to_owned(),
            log: false,
            debug: false,
            instructions: instructions.parse().map_err(|_| Malformed)?,
            digest: u64::from_str_radix(digest, 16).map_err(|_| Malformed)?,
            filter: filter.to_owned(),
        };
        for flag in flags.split(',').filter(|flag| !flag.is_empty()) {
            match flag {
                "debug" => note.debug = true,
                "log" => note.log = true,
                _ => return Err(Malformed),
            }
        }
        Ok(note)
    }
}

/// A description of another form than this crate writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the note has another form than this version knows")
    }
}

impl std::error::Error for Malformed {}

/// A number that tells programs apart: FNV-1a over the fields of all instructions, 64 bits. It is no
/// protection against a program made to have a given one.
pub fn digest(program: &[Insn]) -> u64 {
    let mut digest: u64 = 0xcbf2_9ce4_8422_2325;
    for insn in program {
        let [c0, c1] = insn.code.to_le_bytes();
        let [k0, k1, k2, k3] = insn.k.to_le_bytes();
        for byte in [c0, c1, insn.jt, insn.jf, k0, k1, k2, k3] {
            digest = (digest ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    digest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::Action;
    use crate::insn::RET_K;

    fn note() -> Note {
        let ret = Insn {
            code: RET_K,
            jt: 0,
            jf: 0,
            k: 0x7fff_0000,
        };
        let kill = OnViolation::Action(Action::KillProcess);
        let filter = "@basic-io ~read".to_owned();
        Note::new(filter, Arch::X86_64, kill, true, true, &[ret])
    }

    #[test]
    fn what_is_written_is_read() {
        let note = note();
        assert_eq!(Note::parse(note.description().as_bytes()), Ok(note));
    }

    #[test]
    fn records_are_aligned_and_little_longer_than_the_string() {
        let note = note();
        for big_endian in [false, true] {
            let record = note.record(big_endian);
            assert_eq!(record.len() % 4, 0);
            assert!(record.len() <= 256 + note.filter.len(), "{}", record.len());
            assert_eq!(&record[12..23], b"syscallset\0");
            let size = if big_endian { record[3] } else { record[0] };
            assert_eq!(size, 11);
            assert_eq!(
                record[24..][..note.description().len()],
                *note.description().as_bytes()
            );
        }
    }

    #[test]
    fn other_forms_are_refused() {
        let description = note().description();
        for damaged in [
            String::new(),
            description.replacen('\0', "", 1),
            description.replace("debug", "other"),
            description.replace("\x001\0", "\0x\0"),
        ] {
            assert_eq!(
                Note::parse(damaged.as_bytes()),
                Err(Malformed),
                "{damaged:?}"
            );
        }
        assert_eq!(Note::parse(&[0xff; 40]), Err(Malformed));
    }

    #[test]
    fn digests_tell_programs_apart() {
        let ret = |k| Insn {
            code: RET_K,
            jt: 0,
            jf: 0,
            k,
        };
        assert_ne!(digest(&[ret(0)]), digest(&[ret(1)]));
        assert_ne!(digest(&[]), digest(&[ret(0)]));
    }
}
