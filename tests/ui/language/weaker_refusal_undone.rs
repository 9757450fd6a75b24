#[syscallset::restrict("@basic-io ~clone(flags&CLONE_NEWUSER=CLONE_NEWUSER):EPERM @process")]
fn main() {}
