#[syscallset::restrict("@basic-io, ~@porcess ~~read write:EPERM scoket")]
fn main() {}
