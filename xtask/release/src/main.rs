//! `cargo xtask api` and `cargo xtask licences`.

use std::process::ExitCode;

use syscallset_release::{api, licences};

const USAGE: &str = "\
usage: cargo xtask api [--check]
       cargo xtask licences

  api        write the public interface of syscallset to xtask/release/public-api.txt; with --check,
             write nothing, and fail if it is not the one recorded there
  licences   fail if a dependency of what is published has a licence that .ci/deny.toml does not allow
";

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments[..] {
        ["api"] => api::write(),
        ["api", "--check"] => api::check(),
        ["licences"] => licences::check(),
        ["api" | "licences", "--help" | "-h"] => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
