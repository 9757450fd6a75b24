trait Program {
    #[syscallset::restrict("@basic-io")]
    fn main();
}

fn main() {}
