//! smol's macro, which gives `main` a parameter, applied above ours.

use std::sync::Arc;

use macro_rules_attribute::apply;
use smol_macros::{Executor, main};
use syscallset_tests::threads::all_restricted;

#[apply(main!)]
#[syscallset::restrict("@basic-io @file-system @io-event @network-io @process @timer")]
async fn main(executor: Arc<Executor<'_>>) {
    let answer = executor.spawn(async { all_restricted() }).await;
    println!("{answer}");
}
