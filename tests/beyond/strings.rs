//! Errors of strings at run time, with their places, and the builder.

use std::error::Error as _;

use syscallset::{Action, Error, Filter, FilterBuilder, FilterError};

fn faults(error: Error) -> FilterError {
    let Error::Filter(error) = error else {
        panic!("{error}")
    };
    error
}

#[test]
fn all_faults_come_with_their_places() {
    let source = "@basic-io\n  reed ~@netwrk-io";
    let error = faults(Filter::compile(source).expect_err("there are faults"));
    assert_eq!(error.filter(), source);
    assert_eq!(error.file(), None);
    let places: Vec<_> = error
        .faults()
        .iter()
        .map(|fault| (fault.line(), fault.column(), fault.span()))
        .collect();
    assert_eq!(places, [(2, 3, 12..16), (2, 9, 18..28)]);
    assert_eq!(&source[error.faults()[1].span()], "@netwrk-io");
    assert!(error.source().is_none());
    assert!(
        error.to_string().contains("help: did you mean `read`?"),
        "{error}"
    );
    assert!(
        error.faults()[1]
            .to_string()
            .contains("did you mean `@network-io`?"),
        "{error}"
    );
}

/// A `main` that returns an error prints it by `Debug`, and so does `unwrap`.
#[test]
fn errors_that_end_a_program_say_what_to_write() {
    let error = Filter::compile("@basic-io reed").expect_err("there is a fault");
    let text = format!("{error:?}");
    assert!(text.contains("help: did you mean `read`?"), "{text}");
    assert_eq!(format!("{:?}", faults(error)), text);
    let text = format!("{:?}", Error::Child("execve"));
    assert!(
        text.ends_with("help: add `execve` to the filter string"),
        "{text}"
    );
}

#[test]
fn faults_of_a_file_name_it() {
    let path = std::env::temp_dir().join(format!("syscallset-{}.faulty", std::process::id()));
    std::fs::write(&path, "# one\n@basic-io\n\twritev,readv\n").expect("the file can be written");
    let error = faults(Filter::from_file(&path).expect_err("there is a fault"));
    std::fs::remove_file(&path).expect("the file can be removed");
    let place = format!("{}:3:8: a comma between items", path.display());
    assert!(error.to_string().starts_with(&place), "{error}");

    let missing = Filter::from_file(&path).expect_err("the file is gone");
    assert!(
        missing.to_string().contains("cannot read the filter file"),
        "{missing}"
    );
    assert!(matches!(missing, Error::File { .. }));
}

#[test]
fn groups_have_an_action_of_their_own() {
    let filter = FilterBuilder::new()
        .filter("@system-service")
        .group(Action::Errno(13), "@network-io")
        .group(Action::Trace(7), "personality(persona=8)")
        .group(Action::Log, "umask")
        .group(Action::Notify, "mount")
        .group(Action::KillThread, "uname")
        .group(Action::Trap, "sysinfo")
        .filter("accept4")
        .on_violation(Action::KillProcess)
        .build()
        .expect("the filter is right");
    let none = [0; 6];
    let verdict = |nr, args| filter.evaluate(nr, args);
    assert_eq!(verdict(libc::SYS_socket, none), Action::Errno(13));
    assert_eq!(verdict(libc::SYS_accept4, none), Action::Allow);
    assert_eq!(
        verdict(libc::SYS_personality, [8, 0, 0, 0, 0, 0]),
        Action::Trace(7)
    );
    assert_eq!(verdict(libc::SYS_personality, none), Action::Allow);
    assert_eq!(verdict(libc::SYS_umask, none), Action::Log);
    assert_eq!(verdict(libc::SYS_mount, none), Action::Notify);
    assert_eq!(verdict(libc::SYS_uname, none), Action::KillThread);
    assert_eq!(verdict(libc::SYS_sysinfo, none), Action::Trap);
    assert_eq!(verdict(libc::SYS_reboot, none), Action::KillProcess);
}

#[test]
fn a_group_takes_no_second_action() {
    for (action, items) in [
        (Action::Errno(1), "~read"),
        (Action::Errno(1), "~read:EPERM write"),
        (Action::Errno(0), "uname"),
        (Action::Errno(4096), "uname"),
    ] {
        let built = FilterBuilder::new()
            .filter("@default")
            .group(action, items)
            .build();
        faults(built.expect_err("the group is wrong"));
    }
    let built = FilterBuilder::new()
        .on_violation(Action::Errno(4096))
        .build();
    faults(built.expect_err("the kernel cannot return that"));
}

/// A string must not take words out of the group behind it, which would lose the group's action.
#[test]
fn a_parenthesis_is_closed_in_its_own_string() {
    let built = FilterBuilder::new()
        .filter("@basic-io openat(")
        .group(Action::Errno(1), "flags=0)")
        .build();
    let error = faults(built.expect_err("two halves are no item"));
    assert_eq!(error.faults()[0].span(), 16..17);
    assert!(error.to_string().starts_with("`(` without `)`"), "{error}");
}

/// Where violations are allowed, a refusal without an action of its own would refuse nothing.
#[test]
fn a_list_of_refused_calls_says_how_they_are_refused() {
    let deny = |items| {
        FilterBuilder::new()
            .on_violation(Action::Allow)
            .filter(items)
            .build()
    };
    let error = deny("@system-service ~@network-io ~ptrace");
    let error = faults(error.expect_err("nothing is refused"));
    assert_eq!(error.faults().len(), 2);
    let text = error.to_string();
    assert!(text.starts_with("`~@network-io` refuses nothing"), "{text}");
    assert!(text.contains("help: what is refused without"), "{text}");

    let filter = deny("@default ~@network-io:EPERM").expect("it says how");
    assert_eq!(filter.evaluate(libc::SYS_socket, [0; 6]), Action::Errno(1));
    assert_eq!(filter.evaluate(libc::SYS_ptrace, [0; 6]), Action::Allow);
}

/// What is built is kept for ever, and must not be made again and again.
#[test]
fn the_same_filter_is_built_once() {
    let build = || Filter::compile("@basic-io ~umask").expect("the string is right");
    let programs: Vec<_> = (0..3).map(|_| build().instructions().as_ptr()).collect();
    assert!(
        programs.windows(2).all(|pair| pair[0] == pair[1]),
        "{programs:?}"
    );
    let other = Filter::compile("@basic-io ~umask socket").expect("the string is right");
    assert_ne!(other.instructions().as_ptr(), programs[0]);
}

/// Every action of seccomp(2), as a word and as a group's.
#[test]
fn actions_have_names() {
    for (word, action) in [
        ("allow", Action::Allow),
        ("log", Action::Log),
        ("trace", Action::Trace(0)),
        ("notify", Action::Notify),
        ("trap", Action::Trap),
        ("EPERM", Action::Errno(1)),
        ("kill-thread", Action::KillThread),
        ("kill", Action::KillProcess),
    ] {
        assert_eq!(word.parse(), Ok(action), "{word}");
        let group = FilterBuilder::new()
            .group(action, "umask")
            .on_violation(Action::Errno(2));
        let group = group.build().expect("the filter is right");
        assert_eq!(group.evaluate(libc::SYS_umask, [0; 6]), action);
        assert_eq!(group.evaluate(libc::SYS_mount, [0; 6]), Action::Errno(2));
        let all = FilterBuilder::new().on_violation(action);
        let all = all.build().expect("the filter is right");
        assert_eq!(all.evaluate(libc::SYS_umask, [0; 6]), action);
    }
    for word in ["", "report", "ALLOW", "EPREM", "1", "errno", "EPERM "] {
        let error = faults(word.parse::<Action>().expect_err("this is no action"));
        assert_eq!(error.faults()[0].span(), 0..word.len(), "{error}");
    }
}
