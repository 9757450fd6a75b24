//! Packages of any Debian suite, without touching this machine's own package management: apt runs with a
//! configuration and a state of its own below the build directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

/// A suite as seen by a private apt.
pub(crate) struct Suite {
    /// Configuration, package lists and downloads.
    state: PathBuf,
}

impl Suite {
    /// Prepares apt for one suite and fetches its package lists.
    ///
    /// The mirror is the one that this machine's own apt sources name. Signatures are always checked: with the
    /// keys of `stable`'s current `debian-archive-keyring`, which this machine's keys vouch for, because an older
    /// Debian does not know the keys of the newer suites.
    ///
    /// # Errors
    /// No apt, no Debian among its sources, no network, or a signature that does not verify.
    pub(crate) fn open(name: &str) -> Result<Self, String> {
        Self::open_for(name, &machine_architecture()?)
    }

    /// The same for packages of any architecture, under Debian's name for it.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub(crate) fn open_for(name: &str, architecture: &str) -> Result<Self, String> {
        let mirror = mirror()?;
        let machine = Path::new("/usr/share/keyrings/debian-archive-keyring.gpg");
        if name == "stable" {
            return Self::open_with(name, architecture, &mirror, machine);
        }
        let keys = build_directory().join("debian/keys");
        let keyring = keys.join(machine.strip_prefix("/").unwrap_or(machine));
        if !is_recent(&keyring) {
            let stable = Self::open_with("stable", &machine_architecture()?, &mirror, machine)?;
            extract(&stable.download("debian-archive-keyring")?, &keys)?;
            touch(&keyring)?;
        }
        Self::open_with(name, architecture, &mirror, &keyring)
    }

    fn open_with(
        name: &str,
        architecture: &str,
        mirror: &str,
        keyring: &Path,
    ) -> Result<Self, String> {
        let state = build_directory()
            .join("debian")
            .join(format!("{name}-{architecture}"));
        for directory in ["lists/partial", "cache/archives/partial"] {
            let path = state.join(directory);
            fs::create_dir_all(&path)
                .map_err(|error| format!("cannot create `{}`: {error}", path.display()))?;
        }
        let sources = format!(
            "deb [signed-by={}] {mirror} {name} main\n",
            keyring.display()
        );
        let place = state.display();
        // A mirror that was frozen at some date carries lists that have expired; which version was fetched is
        // told, so that an old one cannot go unnoticed.
        let configuration = format!(
            "APT::Architecture \"{architecture}\";\n\
             APT::Architectures {{ \"{architecture}\"; }};\n\
             APT::Sandbox::User \"root\";\n\
             Acquire::Languages \"none\";\n\
             Acquire::Check-Valid-Until \"false\";\n\
             Dir::Etc::parts \"/dev/null\";\n\
             Dir::Etc::preferencesparts \"/dev/null\";\n\
             Dir::Etc::sourceparts \"/dev/null\";\n\
             Dir::Etc::sourcelist \"{place}/sources.list\";\n\
             Dir::State \"{place}\";\n\
             Dir::State::Lists \"{place}/lists\";\n\
             Dir::State::status \"/dev/null\";\n\
             Dir::Cache \"{place}/cache\";\n"
        );
        for (file, text) in [("sources.list", sources), ("apt.conf", configuration)] {
            let path = state.join(file);
            fs::write(&path, text)
                .map_err(|error| format!("cannot write `{}`: {error}", path.display()))?;
        }
        let updated = state.join("updated");
        let suite = Self { state };
        if !is_recent(&updated) {
            run(suite.command("apt-get").args(["update", "--error-on=any"]))?;
            touch(&updated)?;
        }
        Ok(suite)
    }

    /// Downloads the newest version of a package and says where it is.
    ///
    /// # Errors
    /// The suite has no such package, or it cannot be had.
    pub(crate) fn download(&self, package: &str) -> Result<PathBuf, String> {
        let archives = self.state.join("packages").join(package);
        // An older version of the same package must not be taken for the new one.
        if archives.exists() {
            fs::remove_dir_all(&archives)
                .map_err(|error| format!("cannot remove `{}`: {error}", archives.display()))?;
        }
        fs::create_dir_all(&archives)
            .map_err(|error| format!("cannot create `{}`: {error}", archives.display()))?;
        let mut command = self.command("apt-get");
        run(command.current_dir(&archives).args(["download", package]))?;
        fs::read_dir(&archives)
            .ok()
            .and_then(|mut entries| entries.find_map(|entry| Some(entry.ok()?.path())))
            .ok_or_else(|| format!("apt-get downloaded no package `{package}`"))
    }

    /// Names the packages that these need to run, and these.
    ///
    /// # Errors
    /// The suite does not have one of them.
    pub(crate) fn needs(&self, packages: &[&str]) -> Result<Vec<String>, String> {
        let mut command = self.command("apt-get");
        command
            .args(["install", "--simulate", "--no-install-recommends"])
            .args(packages);
        let plan = run(&mut command)?;
        let names = plan
            .lines()
            .filter_map(|line| line.strip_prefix("Inst ")?.split_whitespace().next());
        Ok(names.map(str::to_owned).collect())
    }

    /// The paragraph of a package in the lists.
    ///
    /// # Errors
    /// The suite has no such package.
    pub(crate) fn show(&self, package: &str) -> Result<String, String> {
        run(self
            .command("apt-cache")
            .args(["show", "--no-all-versions", package]))
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .arg("--quiet")
            .env("APT_CONFIG", self.state.join("apt.conf"));
        command
    }
}

/// Unpacks a package, with its control files in `DEBIAN/`.
///
/// # Errors
/// No `dpkg-deb`, or not a package.
pub(crate) fn unpack(package: &Path, directory: &Path) -> Result<(), String> {
    run(Command::new("dpkg-deb")
        .arg("--raw-extract")
        .arg(package)
        .arg(directory))
    .map(drop)
}

/// Unpacks the files of a package into a directory that may hold others already.
///
/// # Errors
/// No `dpkg-deb`, or not a package.
pub(crate) fn extract(package: &Path, directory: &Path) -> Result<(), String> {
    run(Command::new("dpkg-deb")
        .arg("--extract")
        .arg(package)
        .arg(directory))
    .map(drop)
}

/// Debian's name for the architecture of this machine.
pub(crate) fn machine_architecture() -> Result<String, String> {
    let name = run(Command::new("dpkg").arg("--print-architecture"))?;
    Ok(name.trim().to_owned())
}

/// Whether a file was written within the last six hours: a run opens a suite many times, and fetches its lists once.
fn is_recent(file: &Path) -> bool {
    let age = fs::metadata(file)
        .and_then(|file| file.modified())
        .ok()
        .and_then(|time| time.elapsed().ok());
    age.is_some_and(|age| age < Duration::from_secs(6 * 60 * 60))
}

/// Marks a file as written now; it is made if it is missing.
fn touch(file: &Path) -> Result<(), String> {
    let opened = fs::File::options().create(true).append(true).open(file);
    opened
        .and_then(|opened| opened.set_modified(SystemTime::now()))
        .map_err(|error| format!("cannot write `{}`: {error}", file.display()))
}

/// The Debian mirror among this machine's apt sources.
fn mirror() -> Result<String, String> {
    let format = "$(ORIGIN)|$(COMPONENT)|$(CREATED_BY)|$(CODENAME)|$(REPO_URI)";
    let targets = run(Command::new("apt-get").args(["indextargets", "--format", format]))?;
    main_archive(&targets).ok_or_else(|| {
        "no Debian among the apt sources of this machine (or no `apt-get update` yet)".into()
    })
}

/// Finds Debian's main archive among the targets of `apt-get indextargets`.
fn main_archive(targets: &str) -> Option<String> {
    targets.lines().find_map(|target| {
        let (codename, address) = target
            .strip_prefix("Debian|main|Packages|")?
            .split_once('|')?;
        // `bookworm-security` and its like are other archives, without the other suites.
        (!codename.contains('-')).then(|| address.trim_end_matches('/').to_owned())
    })
}

/// Where cargo builds, which is where downloads may live and be thrown away.
pub(crate) fn build_directory() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("target"),
        PathBuf::from,
    )
}

/// Runs a command to its end and returns what it printed.
pub(crate) fn run(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|error| format!("cannot run `{name}`: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let arguments: Vec<_> = command
        .get_args()
        .map(|argument| argument.to_string_lossy())
        .collect();
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "`{name} {}` failed ({}):\n{}",
        arguments.join(" "),
        output.status,
        said.trim()
    ))
}

#[cfg(test)]
mod tests {
    use super::main_archive;

    #[test]
    fn the_mirror_is_debians_main_archive() {
        let targets = "\
Tools|main|Packages|bookworm|http://tools.example/apt/
Debian|main|Packages|bookworm-security|http://mirror.example/security/
Debian|main|Translations|bookworm|http://mirror.example/translations/
Debian|main|Packages|bookworm|http://mirror.example/debian/
Debian|main|Packages|trixie|http://other.example/debian/
";
        assert_eq!(
            main_archive(targets).as_deref(),
            Some("http://mirror.example/debian")
        );
        assert_eq!(
            main_archive("Ubuntu|main|Packages|noble|http://mirror.example/ubuntu/\n"),
            None
        );
        assert_eq!(main_archive("||||\n\n"), None);
    }
}
