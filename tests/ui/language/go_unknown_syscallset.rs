#[syscallset::restrict("@definitely-not-a-syscallset")]
fn main() {}
