//! The architecture that a command speaks about.

use syscallset_tables::Arch;

/// The value of `--arch`: any spelling that the tables know.
///
/// # Errors
///
/// A name that is none.
pub(crate) fn parse(name: &str) -> Result<Arch, String> {
    if name == "native" {
        return native().ok_or_else(|| "this machine's architecture has no tables".to_owned());
    }
    Arch::from_name(name).ok_or_else(|| {
        let known: Vec<_> = Arch::ALL.iter().map(|arch| arch.name()).collect();
        format!("the architectures are native, {}", known.join(", "))
    })
}

/// The architecture this command was built for; `None` if it has no tables.
pub(crate) fn native() -> Option<Arch> {
    let big_endian = cfg!(target_endian = "big");
    let pointer_width = usize::BITS;
    // Rust's name of x32 is x86_64, and those of byte orders are one.
    let name = match std::env::consts::ARCH {
        "x86_64" if pointer_width == 32 => "x32",
        "mips32r6" => "mips",
        "mips64r6" => "mips64",
        name => name,
    };
    Arch::ALL.iter().copied().find(|arch| {
        arch.big_endian() == big_endian
            && arch.pointer_width() == pointer_width
            && arch
                .name()
                .strip_prefix(name)
                .is_some_and(|rest| matches!(rest, "" | "_be" | "eb" | "el" | "le"))
    })
}
