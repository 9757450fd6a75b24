#[cfg_attr(target_os = "linux", syscallset::restrict("@basic-io"))]
fn main() {
    println!("hello");
}
