//! What the program can learn of itself.
//@ env: SURVEY=yes
//@ stdout: yes

#[syscallset::restrict("@basic-io getcwd readlink readlinkat")]
fn main() -> std::io::Result<()> {
    let directory = std::env::current_dir()?;
    let program = std::env::current_exe()?;
    assert!(directory.is_absolute() && program.is_absolute());
    assert_ne!(std::process::id(), 0);
    assert_eq!(std::env::args().count(), 1);
    println!("{}", std::env::var("SURVEY").unwrap_or_default());
    Ok(())
}
