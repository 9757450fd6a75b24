//! The same as `thread-giving-back`, with the filter loaded by hand: shows what the loader spares the
//! other program.
//@ signal: SYS

use std::thread;

static FILTER: syscallset::Filter =
    syscallset::filter!("@basic-io @rust-threads", on_violation = "kill");

fn main() {
    let instructions = FILTER.instructions();
    let program = libc::sock_fprog {
        len: instructions.len().try_into().expect("a short program"),
        filter: instructions.as_ptr().cast_mut().cast(),
    };
    // SAFETY: the kernel only reads the program, which lives as long as the process.
    unsafe {
        assert_eq!(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
        let mode = libc::SECCOMP_SET_MODE_FILTER;
        assert_eq!(
            libc::syscall(libc::SYS_seccomp, mode, 0, &raw const program),
            0
        );
    }
    let thread = thread::spawn(|| {
        let blocks: Vec<Vec<u8>> = (0..20).map(|_| vec![1; 100_000]).collect();
        drop(std::hint::black_box(blocks));
    });
    thread.join().unwrap();
}
