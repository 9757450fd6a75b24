//! A second interpreter of classic BPF, independent of the compiler's: seccompiler's programs run on
//! both.

/// Runs a program about a call without arguments.
pub(crate) fn run(program: &[(u16, u8, u8, u32)], nr: u32, arch: u32) -> u32 {
    let mut a = 0;
    let mut pc = 0;
    loop {
        let (code, jt, jf, k) = program[pc];
        pc += 1;
        let jump = |taken: bool| usize::from(if taken { jt } else { jf });
        match code {
            0x20 => {
                a = match k {
                    0 => nr,
                    4 => arch,
                    _ => 0,
                }
            }
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
