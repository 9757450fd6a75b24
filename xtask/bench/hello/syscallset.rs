#[syscallset::restrict("@system-service")]
fn main() {
    println!("hello world");
}
