//! A string is the same program at compile time and at run time.

use syscallset::{Filter, filter};

/// Compiles each string with the macro and with the function.
macro_rules! both {
    ($($string:literal)*) => { [$((filter!($string), Filter::compile($string))),*] };
}

#[test]
fn macro_and_function_compile_alike() {
    let compiled = both! {
        ""
        "@basic-io"
        "@default"
        "@basic-io ~@io-event"
        "@basic-io @file-system @io-event"
        "@basic-io @network-io"
        "@system-service"
        "@system-service ~@process ~@setuid"
        "@system-service ~@process:EPERM ~@network-io:EACCES"
        "@system-service ~@privileged chown ~chown:EACCES"
        "@known ~@clock ~@module ~@mount ~@reboot ~@swap ~@raw-io ~@debug"
        "@basic-io ~umask:EXFULL # with a comment"
        "@basic-io\n\t~openat:EPERM\r\n socket"
        "@basic-io ~mount:kill ~mount:kill-thread ~swapon:log ~swapoff:trace ~acct:notify"
        "@basic-io ~uname:trap"
        "@network-io ~socket socket(domain=AF_UNIX) socket(domain=AF_INET, type&0xf=SOCK_STREAM)"
        "@process ~clone(flags&CLONE_NEWUSER=CLONE_NEWUSER):EPERM ~clone3:ENOSYS"
        "@basic-io ioctl(request=TIOCGWINSZ) ~prctl prctl(option<=PR_GET_NAME)"
        "@file-system ~openat openat(flags&O_ACCMODE=O_RDONLY, dfd=AT_FDCWD) ~open ~creat ~openat2"
        "@default ~mmap mmap(prot&PROT_EXEC=0)"
        "futex fstat socket lchown32 osf_mount"
    };
    for (by_macro, by_function) in compiled {
        let by_function = by_function.expect("the macro has compiled it");
        assert_eq!(by_macro.source(), by_function.source());
        assert_eq!(by_macro.arch(), by_function.arch());
        assert_eq!(
            by_macro.instructions(),
            by_function.instructions(),
            "{by_macro}"
        );
        assert!(!by_macro.instructions().is_empty());
    }
}
