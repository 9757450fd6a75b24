#[syscallset::restrict("@basic-io")]
struct Program {
    name: String,
}

fn main() {}
