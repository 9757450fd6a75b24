//! What is loaded leads to more that is loaded.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use syscallset_profile::{ErrorKind, Options, Profile};

/// A program each function of which looks up the next one by its name; the last one says good-bye.
fn chain(links: usize) -> PathBuf {
    let mut source =
        String::from("#define _GNU_SOURCE\n#include <dlfcn.h>\n#include <sys/utsname.h>\n");
    for link in 0..links {
        let next = link + 1;
        writeln!(
            source,
            "void link{link}(void) {{ void (*next)(void) = dlsym(RTLD_DEFAULT, \"link{next}\"); if (next) next(); }}"
        )
        .unwrap();
    }
    let main = "int main(void) { link0(); return 0; }";
    writeln!(
        source,
        "void link{links}(void) {{ struct utsname name; uname(&name); }}\n{main}"
    )
    .unwrap();
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let program = directory.join(format!("chain-{links}-{}", std::process::id()));
    let file = program.with_extension("c");
    fs::write(&file, source).unwrap();
    let mut compiler = Command::new("cc");
    compiler
        .arg("-rdynamic")
        .arg("-o")
        .arg(&program)
        .arg(&file)
        .arg("-ldl");
    assert!(compiler.status().expect("cc runs").success());
    fs::remove_file(&file).unwrap();
    program
}

#[test]
fn a_chain_is_followed_to_its_end_or_not_taken() {
    for (links, is_followed) in [(3, true), (14, true), (20, false)] {
        let program = chain(links);
        let profile = Profile::new(&program, &Options::default());
        match profile {
            Ok(profile) => assert!(is_followed && profile.calls().contains(&"uname"), "{links}"),
            Err(error) => {
                assert!(
                    !is_followed && matches!(error.kind(), ErrorKind::Budget(_)),
                    "{error}"
                );
            }
        }
        fs::remove_file(&program).unwrap();
    }
}
