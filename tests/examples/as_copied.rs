//! Examples in the documentation work as a reader copies them: what they hide is what other systems need.

use std::fs;
use std::path::{Path, PathBuf};

fn files_in(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory of this repository") {
        let path = entry.expect("a file of this repository").path();
        if path.is_dir() {
            files_in(&path, files);
        } else {
            files.push(path);
        }
    }
}

#[test]
fn examples_show_what_they_use() {
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("../syscallset");
    let mut files = Vec::new();
    files_in(&library.join("src"), &mut files);
    files_in(&library.join("docs"), &mut files);
    let mut examples = 0;
    for file in files {
        let text = fs::read_to_string(&file).expect("text");
        for (number, line) in text.lines().enumerate() {
            let line = line.trim_start();
            let line = ["/// ", "//! "]
                .into_iter()
                .find_map(|comment| line.strip_prefix(comment))
                .unwrap_or(line);
            examples += usize::from(line == "```");
            let hidden = ["# use ", "# let ", "# static ", "# const "];
            assert!(
                hidden.iter().all(|word| !line.starts_with(word)),
                "{}:{}: hidden from whoever copies the example: {line}",
                file.display(),
                number + 1
            );
        }
    }
    assert!(examples > 100, "only {examples} fences were found");
}
