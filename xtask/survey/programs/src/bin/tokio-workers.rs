//! tokio with a given number of worker threads, no files and no network.
//@ stdout: done

use std::time::Duration;

#[syscallset::restrict("@basic-io @tokio")]
#[tokio::main(worker_threads = 2)]
async fn main() {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(1)).await;
        sender.send("done").unwrap();
    });
    println!("{}", receiver.await.unwrap());
    tokio::task::spawn_blocking(|| ()).await.unwrap();
}
