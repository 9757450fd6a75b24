#[syscallset::restrict("
    @basic-io
    @network-io   # the network
    scoket        # a typo
")]
fn main() {}
