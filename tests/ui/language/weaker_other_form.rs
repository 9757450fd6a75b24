#[syscallset::restrict("@process ~clone(flags&CLONE_NEWUSER=CLONE_NEWUSER):EPERM")]
fn main() {}
