use std::error::Error;

use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};

mod numbers;

fn main() -> Result<(), Box<dyn Error>> {
    let program: BpfProgram = SeccompFilter::new(
        numbers::NUMBERS.iter().map(|&nr| (nr.into(), vec![])).collect(),
        SeccompAction::KillProcess,
        SeccompAction::Allow,
        TargetArch::x86_64,
    )?
    .try_into()?;
    seccompiler::apply_filter_all_threads(&program)?;
    println!("hello world");
    Ok(())
}
