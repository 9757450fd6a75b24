//! `main` returns an error, which std prints.
//@ exit: 1
//@ stderr: Error: "no luck"

#[syscallset::restrict("@basic-io")]
fn main() -> Result<(), &'static str> {
    Err("no luck")
}
