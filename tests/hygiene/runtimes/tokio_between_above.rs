//! Other attributes around and between tokio's and ours, tokio's above.

use syscallset_tests::threads::all_restricted;

/// Above.
#[allow(unused, reason = "above")]
#[tokio::main(flavor = "multi_thread", worker_threads = 3)]
/// Between.
#[cfg_attr(all(), allow(clippy::unused_async))]
#[rustfmt::skip]
#[syscallset::restrict("@basic-io @file-system @io-event @network-io @process")]
#[inline(never)]
/// Below.
pub(crate) async fn main() {
    println!("{}", all_restricted());
}
