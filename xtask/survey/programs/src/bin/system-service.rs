//! The widest set of systemd, and what to take from it.
//@ stdout: done

#[syscallset::restrict("@system-service ~@network-io ~@privileged")]
fn main() -> std::io::Result<()> {
    std::fs::metadata("/etc/passwd")?;
    std::thread::spawn(|| ()).join().unwrap();
    println!("done");
    Ok(())
}
