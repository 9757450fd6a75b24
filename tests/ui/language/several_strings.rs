#[syscallset::restrict(
    "@basic-io # a comment with @nonsense",
    "@file-system scoket",
    r#"~@porcess"#,
)]
fn main() {}
