//! `socketcall` and `ipc`, by which older architectures make many calls: no way around a filter.

use syscallset_tests::both::both;

#[test]
fn multiplexers_are_no_way_around() {
    let expected = "socket: refused\nsocket: refused\nbind: made\nconnect: refused\nshmget: refused\n\
                    shmget, version 1: refused\nmsgget: made\n";
    for program in both("multiplexers") {
        let ended = program.run().exits(0);
        if ended.stdout == "no multiplexers\n" {
            println!("skipped: this architecture has no multiplexers");
        } else {
            ended.prints(expected);
        }
    }
}
