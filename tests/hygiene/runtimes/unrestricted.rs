//! A runtime without a filter: what the others are compared with.

#[tokio::main]
async fn main() {
    println!("hello");
}
