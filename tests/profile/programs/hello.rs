//! The smallest program.

unsafe extern "C" {
    fn getppid() -> i32;
}

fn main() {
    // SAFETY: it has no requirements.
    unsafe { getppid() };
    println!("hello");
}
