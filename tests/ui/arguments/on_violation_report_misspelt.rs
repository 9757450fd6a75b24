#[syscallset::restrict("@basic-io", on_violation = "reprot")]
fn main() {}
