//! A `main` that another macro writes.

macro_rules! program {
    ($crate_path:path, $filter:literal, $action:expr, $(#[$attribute:meta])* $visibility:vis main $body:block) => {
        #[syscallset::restrict(crate = $crate_path, $filter, "~socket:EPERM", on_violation = $action)]
        $(#[$attribute])*
        $visibility fn main() $body
    };
}

program!(
    ::syscallset,
    "@basic-io",
    "EXFULL",
    #[inline]
    pub(crate) main {
        println!("hello");
        let outcome = syscallset_tests::sys::call(libc::SYS_umask);
        println!("{}", outcome.is_err());
    }
);
