static FILTER: syscallset::Filter = syscallset::filter!();

fn main() {
    FILTER.load().unwrap();
}
