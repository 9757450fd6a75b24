//! `process::abort`.
//@ signal: ABRT

#[syscallset::restrict("@basic-io @rust-abort")]
fn main() {
    std::process::abort();
}
