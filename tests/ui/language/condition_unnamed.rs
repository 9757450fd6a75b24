#[syscallset::restrict("@basic-io socket(AF_UNIX)")]
fn main() {}
