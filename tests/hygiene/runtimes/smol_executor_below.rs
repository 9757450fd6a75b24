//! smol's macro, which gives `main` a parameter, applied below ours.

use std::sync::Arc;

use macro_rules_attribute::apply;
use smol_macros::{Executor, main};
use syscallset_tests::threads::all_restricted;

#[syscallset::restrict("@basic-io @file-system @io-event @network-io @process @timer")]
#[apply(main!)]
async fn main(executor: Arc<Executor<'_>>) {
    let answer = executor.spawn(async { all_restricted() }).await;
    println!("{answer}");
}
