//! Start-up with files, then a second and stricter filter.
//@ stdout: root:

static STEADY: syscallset::Filter = syscallset::filter!("@basic-io");

#[syscallset::restrict("@basic-io @file-system")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string("/etc/passwd")?;
    STEADY.load_all_threads()?;
    print!("{text}");
    Ok(())
}
