//! What a C type of the kernel means for the comparison of an argument.

use super::Result;

/// Mirrors `syscallset_tables::Kind`; the generated file names its variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    U16,
    U32,
    I32,
    Ulong,
    Long,
    U64,
    I64,
    Pointer,
}

impl Kind {
    /// The kind of a type as `Parameter::ctype` spells it.
    ///
    /// # Errors
    /// A type that is not listed: its width has to be looked up, not guessed.
    pub(super) fn of(ctype: &str) -> Result<Self> {
        Ok(match ctype {
            _ if ctype.ends_with('*') => Self::Pointer,
            // Types that hide a pointer.
            "cap_user_header_t" | "cap_user_data_t" | "__sighandler_t" | "compat_uptr_t" => {
                Self::Pointer
            }
            // `umode_t` and the IDs of the old calls: the kernel casts to `unsigned short`, so that the upper half of
            // the word does not count either.
            "umode_t" | "compat_mode_t" | "old_uid_t" | "old_gid_t" => Self::U16,
            "unsigned int"
            | "unsigned"
            | "uint"
            | "u32"
            | "__u32"
            | "uint32_t"
            | "uid_t"
            | "gid_t"
            | "qid_t"
            | "enum landlock_rule_type"
            | "compat_ulong_t"
            | "compat_size_t"
            | "compat_aio_context_t" => Self::U32,
            "int" | "__s32" | "pid_t" | "key_t" | "key_serial_t" | "mqd_t" | "clockid_t"
            | "timer_t" | "rwf_t" | "compat_long_t" | "compat_pid_t" | "compat_off_t"
            | "compat_ssize_t" => Self::I32,
            "unsigned long" | "size_t" | "aio_context_t" | "uintptr_t" | "old_sigset_t" => {
                Self::Ulong
            }
            "long" | "off_t" => Self::Long,
            "u64" | "__u64" => Self::U64,
            "loff_t" => Self::I64,
            _ => {
                return Err(format!(
                    "the type `{ctype}` is not known; add it to `params/kind.rs` with the width that the kernel gives it"
                ));
            }
        })
    }

    /// The variant's name in `syscallset-tables/src/params.rs`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::U16 => "U16",
            Self::U32 => "U32",
            Self::I32 => "I32",
            Self::Ulong => "Ulong",
            Self::Long => "Long",
            Self::U64 => "U64",
            Self::I64 => "I64",
            Self::Pointer => "Pointer",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_type_is_an_error() {
        assert_eq!(Kind::of("size_t").unwrap(), Kind::Ulong);
        assert_eq!(Kind::of("struct iovec*").unwrap(), Kind::Pointer);
        assert_eq!(Kind::of("rwf_t").unwrap(), Kind::I32);
        assert!(Kind::of("struct iovec").is_err());
        assert!(Kind::of("wide_t").unwrap_err().contains("`wide_t`"));
    }
}
