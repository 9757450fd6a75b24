//! Says hello under `@basic-io`, which allows reading and writing what is already open, and no more.
//! Given a path, tries to open it: the kernel stops the program.

#[syscallset::restrict("@basic-io")]
fn main() {
    println!("hello restricted world");
    if let Some(path) = std::env::args().nth(1) {
        println!("opening {path}, which \"@basic-io\" does not allow");
        let file = std::fs::File::open(path);
        unreachable!("the kernel has let us open {file:?}");
    }
}
