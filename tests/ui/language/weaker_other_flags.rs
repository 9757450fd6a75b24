#[syscallset::restrict("@system-service ~mmap(prot=PROT_EXEC):EPERM")]
fn main() {}
