#[syscallset::restrict("@basic-io"suffix)]
fn main() {}
