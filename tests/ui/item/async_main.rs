#[syscallset::restrict("@basic-io")]
async fn main() {}
