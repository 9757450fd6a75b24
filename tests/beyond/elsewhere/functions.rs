//! Every function that puts a filter in force says that it cannot.

use std::process::Command;

use syscallset::{
    CommandExt as _, Error, Filter, FilterBuilder, filter, is_supported, limit_and_log, limit_to,
};

static FILTER: Filter = filter!("@basic-io ~socket:EPERM", log = true);

fn main() {
    assert!(!is_supported());
    let unsupported = Err(Error::Unsupported);
    assert_eq!(FILTER.load(), unsupported);
    assert_eq!(FILTER.load_all_threads(), unsupported);
    assert_eq!(limit_to("@basic-io"), unsupported);
    assert_eq!(limit_and_log("@basic-io"), unsupported);
    assert_eq!(Filter::compile("@basic-io").map(drop), unsupported);
    assert_eq!(FilterBuilder::new().build().map(drop), unsupported);
    assert_eq!(
        Command::new("true").restrict(&FILTER).map(drop),
        unsupported
    );
    assert_eq!(FILTER.arch(), "none");
    println!("{}", Error::Unsupported);
}
