//! smol's macro, applied above ours.

use macro_rules_attribute::apply;
use smol_macros::main;
use syscallset_tests::threads::all_restricted;

#[apply(main!)]
#[syscallset::restrict("@basic-io @file-system @io-event @network-io @process @timer")]
async fn main() {
    println!("{}", all_restricted());
}
