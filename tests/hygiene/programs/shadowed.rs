//! Names that what the macros write must not stumble over: everything that they could mention is
//! something else here.
#![allow(
    dead_code,
    non_camel_case_types,
    unused_macros,
    reason = "names are all that counts here"
)]

mod std {}
mod core {}
mod alloc {}
mod libc {}
mod syscallset {}
mod syscallset_macros {}
mod __private {}

struct Filter;
struct Instruction;
struct Parts;
struct Report;
enum Option {}
enum Result {}
struct None;
struct Some;
struct Ok;
struct Err;
struct String;
struct str;
struct bool;
struct u8;
struct u16;
struct u32;
struct u64;
struct usize;
trait Termination {}
trait Into {}

const PROGRAM: () = ();
const COMPILED: () = ();
static FILTER: () = ();

fn restrict() {}
fn load() {}

macro_rules! cfg {
    () => {};
}
macro_rules! compile_error {
    () => {};
}
macro_rules! concat {
    () => {};
}
macro_rules! env {
    () => {};
}
macro_rules! file {
    () => {};
}
macro_rules! filter {
    () => {};
}
macro_rules! filter_for {
    () => {};
}
macro_rules! filter_for_target {
    () => {};
}
macro_rules! include_bytes {
    () => {};
}
macro_rules! include_str {
    () => {};
}
macro_rules! line {
    () => {};
}
macro_rules! require_linux {
    () => {};
}
macro_rules! stringify {
    () => {};
}

#[::syscallset::restrict(
    "@basic-io", // a comment
    "~socket:EPERM",
)]
fn main() {
    static FILTER: ::syscallset::Filter =
        ::syscallset::filter!("@basic-io", on_violation = "EPERM");

    ::std::println!("hello");
    ::std::println!("{}", FILTER.load().is_ok());
}
