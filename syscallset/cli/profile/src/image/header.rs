//! The header of an ELF file.

use object::LittleEndian as Le;
use object::elf;
use object::read::elf::FileHeader as _;
use syscallset_tables::Arch;

use crate::error::ErrorKind;

pub(crate) type Header = elf::FileHeader64<Le>;

/// The header, and the architecture that it names.
pub(super) fn parse(bytes: &[u8]) -> Result<(&Header, Arch), ErrorKind> {
    let header = Header::parse(bytes).map_err(|_| ErrorKind::Malformed(without_header(bytes)))?;
    if !header.is_class_64() || !header.is_little_endian() {
        return Err(ErrorKind::Malformed(OTHER_CLASS));
    }
    let arch = match header.e_machine(Le) {
        elf::EM_X86_64 => Arch::X86_64,
        elf::EM_AARCH64 => Arch::Aarch64,
        other => return Err(ErrorKind::Architecture(other.0)),
    };
    Ok((header, arch))
}

const OTHER_CLASS: &str =
    "it is not 64-bit little-endian; programs for x86-64 and aarch64 are analysed";

/// What a file is that has no ELF header of 64 bits.
fn without_header(bytes: &[u8]) -> &'static str {
    match bytes {
        [b'#', b'!', ..] => "it is a script; analyse the interpreter that its first line names",
        [0x7f, b'E', b'L', b'F', class, ..] if *class != elf::ELFCLASS64.0 => OTHER_CLASS,
        [0x7f, b'E', b'L', b'F', ..] => "its header is damaged",
        _ => "it is of another format",
    }
}
