//! An access to no memory.
//@ signal: SEGV

#[syscallset::restrict("@basic-io")]
fn main() {
    fault();
}

fn fault() {
    let nowhere = std::hint::black_box(std::ptr::without_provenance_mut::<u8>(8));
    // SAFETY: it is not; the program is meant to die here.
    unsafe { nowhere.write_volatile(1) };
}
