struct Program;

impl Program {
    #[syscallset::restrict("@basic-io")]
    fn start(&self) {}
}

fn main() {
    Program.start();
}
