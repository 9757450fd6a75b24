//! Programs as bytes, and a machine for them that shares nothing with the command's.

/// `struct sock_filter`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Insn {
    pub(crate) code: u16,
    pub(crate) jt: u8,
    pub(crate) jf: u8,
    pub(crate) k: u32,
}

impl From<&seccompiler::sock_filter> for Insn {
    fn from(insn: &seccompiler::sock_filter) -> Self {
        Self {
            code: insn.code,
            jt: insn.jt,
            jf: insn.jf,
            k: insn.k,
        }
    }
}

/// Reads the bytes that seccomp(2) takes.
pub(crate) fn decode(bytes: &[u8], big_endian: bool) -> Vec<Insn> {
    assert!(bytes.len().is_multiple_of(8));
    bytes
        .chunks_exact(8)
        .map(|chunk| {
            let code = [chunk[0], chunk[1]];
            let k = [chunk[4], chunk[5], chunk[6], chunk[7]];
            Insn {
                code: if big_endian {
                    u16::from_be_bytes(code)
                } else {
                    u16::from_le_bytes(code)
                },
                jt: chunk[2],
                jf: chunk[3],
                k: if big_endian {
                    u32::from_be_bytes(k)
                } else {
                    u32::from_le_bytes(k)
                },
            }
        })
        .collect()
}

/// The bytes of instructions on a little-endian machine.
pub(crate) fn encode(program: &[Insn]) -> Vec<u8> {
    let bytes = program.iter().flat_map(|insn| {
        let mut bytes = insn.code.to_le_bytes().to_vec();
        bytes.extend([insn.jt, insn.jf]);
        bytes.extend(insn.k.to_le_bytes());
        bytes
    });
    bytes.collect()
}

/// What a program returns for a call on a little-endian machine, and how many instructions that takes.
pub(crate) fn run(program: &[Insn], nr: u32, arch: u32, args: [u64; 6]) -> (u32, usize) {
    let mut data = [nr, arch, 0, 0].to_vec();
    for arg in args {
        data.push(u32::try_from(arg & 0xffff_ffff).unwrap());
        data.push(u32::try_from(arg >> 32).unwrap());
    }
    let (mut at, mut a, mut executed) = (0, 0_u32, 0);
    loop {
        let Insn { code, jt, jf, k } = program[at];
        executed += 1;
        at += 1;
        let mut jump = |holds| at += usize::from(if holds { jt } else { jf });
        match code {
            0x20 => a = data[k as usize / 4],
            0x54 => a &= k,
            0x05 => at += k as usize,
            0x15 => jump(a == k),
            0x25 => jump(a > k),
            0x35 => jump(a >= k),
            0x45 => jump(a & k != 0),
            0x06 => return (k, executed),
            _ => panic!("instruction {code:#x}"),
        }
    }
}
