static FILTER: syscallset::Filter = syscallset::filter!("@basic-io", crate = syscallset);

fn main() {
    FILTER.load().unwrap();
}
