//! tokio's attribute below ours.

use syscallset_tests::threads::all_restricted;

#[syscallset::restrict("@basic-io @file-system @io-event @network-io @process")]
#[tokio::main]
async fn main() {
    println!("{}", all_restricted());
}
