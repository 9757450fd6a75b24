#[syscallset::restrict("@basic-io")]
thread_local! {}

fn main() {}
