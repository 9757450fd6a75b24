//! Any text: the first byte is the architecture.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use syscallset_fuzz::{arch, check_filter};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some((&byte, text)) = data.split_first() else {
        return Corpus::Reject;
    };
    let Ok(source) = str::from_utf8(text) else {
        return Corpus::Reject;
    };
    check_filter(source, arch(byte));
    Corpus::Keep
});
