#[attribute::unchanged("@system-service")]
fn main() {
    println!("hello world");
}
