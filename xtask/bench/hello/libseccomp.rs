use std::ffi::{c_int, c_void};

mod numbers;

const SCMP_ACT_KILL_PROCESS: u32 = 0x8000_0000;
const SCMP_ACT_ALLOW: u32 = 0x7fff_0000;
const SCMP_FLTATR_CTL_TSYNC: c_int = 4;
const SCMP_FLTATR_CTL_OPTIMIZE: c_int = 8;

#[link(name = "seccomp")]
unsafe extern "C" {
    fn seccomp_init(action: u32) -> *mut c_void;
    fn seccomp_attr_set(context: *mut c_void, attribute: c_int, value: u32) -> c_int;
    fn seccomp_rule_add(context: *mut c_void, action: u32, call: c_int, count: u32, ...) -> c_int;
    fn seccomp_load(context: *mut c_void) -> c_int;
    fn seccomp_release(context: *mut c_void);
}

fn restrict() {
    unsafe {
        let context = seccomp_init(SCMP_ACT_KILL_PROCESS);
        assert!(!context.is_null());
        assert_eq!(seccomp_attr_set(context, SCMP_FLTATR_CTL_TSYNC, 1), 0);
        assert_eq!(seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2), 0);
        for &nr in numbers::NUMBERS {
            assert_eq!(seccomp_rule_add(context, SCMP_ACT_ALLOW, nr as c_int, 0), 0);
        }
        assert_eq!(seccomp_load(context), 0);
        seccomp_release(context);
    }
}

fn main() {
    restrict();
    println!("hello world");
}
