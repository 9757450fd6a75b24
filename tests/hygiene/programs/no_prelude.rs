//! Without the prelude.
#![no_implicit_prelude]

static FILTER: ::syscallset::Filter = ::syscallset::filter!("@basic-io", on_violation = "EPERM");

#[::syscallset::restrict("@basic-io")]
fn main() -> ::std::result::Result<(), ::syscallset::Error> {
    FILTER.load()?;
    ::std::println!("hello");
    ::std::result::Result::Ok(())
}
