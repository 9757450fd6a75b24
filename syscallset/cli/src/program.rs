//! Programs that somebody else made, and what can be said about them: the instructions one by one, what
//! they decide about each call, and where they are weaker than they look.

pub(crate) mod audit;
pub(crate) mod calls;
pub(crate) mod check;
pub(crate) mod conditions;
pub(crate) mod contents;
pub(crate) mod decisions;
pub(crate) mod listing;
pub(crate) mod machine;
pub(crate) mod operation;

use std::path::Path;

use syscallset_compiler::insn::Insn;
use syscallset_tables::Arch;

use crate::failure::Failure;
use crate::input;

/// Size of `struct sock_filter`.
const INSN_SIZE: usize = 8;

/// Reads a program as seccomp(2) takes it: an array of `struct sock_filter` in the byte order of the
/// architecture.
///
/// # Errors
///
/// A file that cannot be read or is no array of instructions, and a program that the kernel would not
/// take.
pub(crate) fn read(path: &Path, arch: Arch) -> Result<Vec<Insn>, Failure> {
    let program = decode(&input::read(path)?, arch).map_err(|fault| {
        Failure::failed(format!("{} is no program: {fault}", input::shown(path))).with_help(
            "the file must be an array of `struct sock_filter` for the architecture of `--arch`",
        )
    })?;
    check::check(&program).map_err(|fault| {
        Failure::failed(format!(
            "the kernel would not take the program {}: {fault}",
            input::shown(path)
        ))
    })?;
    Ok(program)
}

fn decode(bytes: &[u8], arch: Arch) -> Result<Vec<Insn>, String> {
    let chunks = bytes.chunks_exact(INSN_SIZE);
    if !chunks.remainder().is_empty() || bytes.is_empty() {
        return Err(format!(
            "its length is {} bytes, not a multiple of {INSN_SIZE}",
            bytes.len()
        ));
    }
    let decode = |chunk: &[u8]| {
        let (code, jt, jf) = ([chunk[0], chunk[1]], chunk[2], chunk[3]);
        let k = [chunk[4], chunk[5], chunk[6], chunk[7]];
        if arch.big_endian() {
            (u16::from_be_bytes(code), jt, jf, u32::from_be_bytes(k))
        } else {
            (u16::from_le_bytes(code), jt, jf, u32::from_le_bytes(k))
        }
    };
    Ok(chunks
        .map(decode)
        .map(|(code, jt, jf, k)| Insn { code, jt, jf, k })
        .collect())
}

/// The bytes that [`read`] reads.
pub(crate) fn encode(program: &[Insn], arch: Arch) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(program.len() * INSN_SIZE);
    for insn in program {
        let big = arch.big_endian();
        let code = insn.code;
        bytes.extend(if big {
            code.to_be_bytes()
        } else {
            code.to_le_bytes()
        });
        bytes.extend([insn.jt, insn.jf]);
        bytes.extend(if big {
            insn.k.to_be_bytes()
        } else {
            insn.k.to_le_bytes()
        });
    }
    bytes
}
