//! A program that does nothing.

#[syscallset::restrict("")]
fn main() {}
