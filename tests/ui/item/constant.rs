#[syscallset::restrict("@basic-io")]
const PROGRAM: () = ();

fn main() {}
