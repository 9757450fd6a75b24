//! tokio in the main thread alone, and a signal handler.
//@ stdout: done

use std::time::Duration;

#[syscallset::restrict("@basic-io @tokio")]
#[tokio::main(flavor = "current_thread")]
async fn main() {
    let interrupted = tokio::spawn(tokio::signal::ctrl_c());
    tokio::time::sleep(Duration::from_millis(1)).await;
    interrupted.abort();
    println!("done");
}
