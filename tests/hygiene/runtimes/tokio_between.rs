//! Other attributes around and between ours and tokio's.

use syscallset_tests::threads::all_restricted;

/// Above.
#[allow(unused, reason = "above")]
#[syscallset::restrict("@basic-io @file-system @io-event @network-io @process")]
/// Between.
#[cfg_attr(all(), allow(clippy::unused_async))]
#[rustfmt::skip]
#[tokio::main(flavor = "current_thread")]
#[inline(never)]
/// Below.
pub(crate) async fn main() {
    println!("{}", all_restricted());
}
