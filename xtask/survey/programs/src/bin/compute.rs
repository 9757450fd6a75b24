//! Memory of all sizes, a hash map, and the clock.
//@ stdout: done

use std::collections::HashMap;
use std::hint::black_box;
use std::time::{Duration, Instant, SystemTime};

#[syscallset::restrict("@basic-io")]
fn main() {
    let mut growing = Vec::new();
    for number in 0..20_000_000_u32 {
        growing.push(number.to_le_bytes()[0]);
    }
    growing.truncate(1);
    growing.shrink_to_fit();
    black_box(growing);
    black_box(vec![0_u8; 64 << 20]);
    let small: Vec<String> = (0..200_000).map(|number| number.to_string()).collect();
    drop(black_box(small));
    let map: HashMap<u32, u32> = (0..1000).map(|number| (number, number)).collect();
    black_box(map);
    let start = Instant::now();
    std::thread::sleep(Duration::from_millis(1));
    assert!(start.elapsed() >= Duration::from_millis(1));
    assert!(SystemTime::now() > SystemTime::UNIX_EPOCH);
    println!("done");
}
