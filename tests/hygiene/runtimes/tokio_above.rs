//! tokio's attribute above ours.

use syscallset_tests::threads::all_restricted;

#[tokio::main]
#[syscallset::restrict("@basic-io @file-system @io-event @network-io @process")]
async fn main() {
    println!("{}", all_restricted());
}
