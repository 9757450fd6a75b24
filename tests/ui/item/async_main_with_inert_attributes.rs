#[syscallset::restrict("@basic-io")]
/// Documented.
#[allow(unused)]
#[rustfmt::skip]
async fn main() {}
