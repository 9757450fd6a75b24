#[syscallset::restrict("@basic-io", on_voilation = "EPERM")]
fn main() {}
