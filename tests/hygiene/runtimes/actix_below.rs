//! actix's attribute below ours.

use syscallset_tests::threads::all_restricted;

#[syscallset::restrict("@basic-io @file-system @io-event @network-io @process")]
#[actix_rt::main]
async fn main() {
    println!("{}", all_restricted());
}
