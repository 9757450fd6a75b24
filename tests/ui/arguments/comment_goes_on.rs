//! A comment that goes on in the next line takes what stands there with it.

#[syscallset::restrict("@system-service # all that services need \
    ~@file-system")]
fn main() {}
