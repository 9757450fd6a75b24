//! smol's macro, applied below ours.

use macro_rules_attribute::apply;
use smol_macros::main;
use syscallset_tests::threads::all_restricted;

#[syscallset::restrict("@basic-io @file-system @io-event @network-io @process @timer")]
#[apply(main!)]
async fn main() {
    println!("{}", all_restricted());
}
