//! What the compiler tells people about their mistakes.

#[test]
fn ui() {
    let tests = trybuild::TestCases::new();
    tests.compile_fail("ui/*/*.rs");
}
