//! Programs and figures on their way between processes.

use syscallset_compiler::insn::Insn;

/// An array of `struct sock_filter` (`include/uapi/linux/filter.h`).
pub fn bytes(program: &[Insn]) -> Vec<u8> {
    let insn = |&Insn { code, jt, jf, k }: &Insn| {
        let [c0, c1] = code.to_ne_bytes();
        let [k0, k1, k2, k3] = k.to_ne_bytes();
        [c0, c1, jt, jf, k0, k1, k2, k3]
    };
    program.iter().flat_map(insn).collect()
}

/// Reads an array of `struct sock_filter`.
pub fn instructions(bytes: &[u8]) -> Vec<Insn> {
    let insn = |insn: &[u8]| Insn {
        code: u16::from_ne_bytes([insn[0], insn[1]]),
        jt: insn[2],
        jf: insn[3],
        k: u32::from_ne_bytes([insn[4], insn[5], insn[6], insn[7]]),
    };
    bytes.chunks_exact(8).map(insn).collect()
}

/// The program as the kernel takes it.
pub fn sock_filters(program: &[Insn]) -> Vec<libc::sock_filter> {
    let convert = |&Insn { code, jt, jf, k }: &Insn| libc::sock_filter { code, jt, jf, k };
    program.iter().map(convert).collect()
}

/// Reads numbers as a sampling process writes them.
pub fn numbers(bytes: &[u8]) -> Vec<u64> {
    let number = |bytes: &[u8]| {
        let bytes = bytes.iter().rev();
        bytes.fold(0, |number, &byte| number << 8 | u64::from(byte))
    };
    bytes.chunks_exact(8).map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_survive_the_way() {
        let program = [
            Insn {
                code: 0x20,
                jt: 0,
                jf: 0,
                k: 4,
            },
            Insn {
                code: 0x15,
                jt: 1,
                jf: 255,
                k: 0xc000_003e,
            },
        ];
        assert_eq!(instructions(&bytes(&program)), program);
    }

    #[test]
    fn figures_survive_the_way() {
        let figures = [0, 1, 256, u64::MAX];
        let bytes: Vec<u8> = figures.into_iter().flat_map(u64::to_le_bytes).collect();
        assert_eq!(numbers(&bytes), figures);
    }
}
