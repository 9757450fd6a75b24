#[syscallset::restrict("@basic-io")]
struct Program;

fn main() {}
