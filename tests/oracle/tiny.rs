//! A second interpreter of classic BPF, independent of the compiler's: seccompiler's programs run on
//! both.

/// Runs a program about a call without arguments.
pub(crate) fn run(program: &[(u16, u8, u8, u32)], nr: u32, arch: u32) -> u32 {
    run_with(program, nr, arch, &[0; 6])
}

/// Runs a program about a call with these argument registers, on a little-endian machine.
pub(crate) fn run_with(program: &[(u16, u8, u8, u32)], nr: u32, arch: u32, args: &[u64; 6]) -> u32 {
    let mut memory = Vec::from(nr.to_le_bytes());
    memory.extend(arch.to_le_bytes());
    memory.extend(0_u64.to_le_bytes());
    memory.extend(args.iter().flat_map(|register| register.to_le_bytes()));
    let load = |offset: u32| {
        let bytes = &memory[offset as usize..offset as usize + 4];
        u32::from_le_bytes(bytes.try_into().expect("a word has four bytes"))
    };
    let mut a = 0;
    let mut pc = 0;
    loop {
        let (code, jt, jf, k) = program[pc];
        pc += 1;
        let jump = |taken: bool| usize::from(if taken { jt } else { jf });
        match code {
            0x20 => a = load(k),
            0x54 => a &= k,
            0x05 => pc += k as usize,
            0x15 => pc += jump(a == k),
            0x25 => pc += jump(a > k),
            0x35 => pc += jump(a >= k),
            0x45 => pc += jump(a & k != 0),
            0x06 => return k,
            _ => panic!("operation {code:#x} at {}", pc - 1),
        }
    }
}
