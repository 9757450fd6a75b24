//! An access to no memory, where refused calls fail: the process must not fault for ever.
//@ signal: SEGV

#[syscallset::restrict("@basic-io", on_violation = "EPERM")]
fn main() {
    let nowhere = std::hint::black_box(std::ptr::without_provenance_mut::<u8>(8));
    // SAFETY: it is not; the program is meant to die here.
    unsafe { nowhere.write_volatile(1) };
}
