struct Program;

#[syscallset::restrict("@basic-io")]
impl Program {
    fn main() {}
}

fn main() {
    Program::main();
}
