//! An attribute below ours that changes the type that `main` returns.

use std::process::ExitCode;

use macro_rules_attribute::apply;

macro_rules! exits_with_7 {
    (fn main() $body:block) => {
        fn main() -> ExitCode {
            $body
            ExitCode::from(7)
        }
    };
}

#[syscallset::restrict("@basic-io")]
#[apply(exits_with_7!)]
fn main() {
    println!("hello");
}
