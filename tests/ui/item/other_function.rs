#[syscallset::restrict("@basic-io")]
fn start() {}

fn main() {
    start();
}
