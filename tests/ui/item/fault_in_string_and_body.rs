#[syscallset::restrict("scoket")]
fn main() {
    let number: u8 = "seven";
    println!("{number}");
}
