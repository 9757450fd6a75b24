static FILTER: syscallset::Filter = syscallset::filter!("@basic-io ~@porcess");

fn main() {
    let local = syscallset::filter!("scoket");
    FILTER.load().and(local.load()).unwrap();
}
