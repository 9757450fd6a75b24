use extrasafe::syscalls::Sysno;
use extrasafe::{ExtraSafeError, RuleSet, SafetyContext};

mod numbers;

struct Numbers;

impl RuleSet for Numbers {
    fn simple_rules(&self) -> Vec<Sysno> {
        numbers::NUMBERS.iter().filter_map(|&nr| Sysno::new(nr as usize)).collect()
    }

    fn name(&self) -> &'static str {
        "numbers"
    }
}

fn main() -> Result<(), ExtraSafeError> {
    SafetyContext::new().enable(Numbers)?.apply_to_all_threads()?;
    println!("hello world");
    Ok(())
}
