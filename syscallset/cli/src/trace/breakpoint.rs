//! Stops a program at the start of its `main`.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;

use nix::unistd::Pid;
use syscallset_tables::Arch;

use super::entry;
use super::sys::state;

/// Instructions that stop, in the place of the first ones of `main`.
pub(super) struct Breakpoint {
    /// Where, and what was there before.
    places: Vec<(u64, Vec<u8>)>,
    /// How far behind the instruction a thread stops.
    overrun: u64,
}

/// The instruction of an architecture that raises `SIGTRAP`, and how far behind it a thread stops.
fn instruction(arch: Arch) -> Option<(&'static [u8], u64)> {
    match arch {
        // int3
        Arch::X86_64 | Arch::X86 | Arch::X32 => Some((&[0xcc], 1)),
        // brk #0; instructions are little-endian on either
        Arch::Aarch64 | Arch::Aarch64Be => Some((&[0x00, 0x00, 0x20, 0xd4], 0)),
        // c.ebreak
        Arch::Riscv64 => Some((&[0x02, 0x90], 0)),
        _ => None,
    }
}

impl Breakpoint {
    /// Puts one at the `main` of a program that has just been executed.
    ///
    /// # Errors
    ///
    /// Why there cannot be one.
    pub(super) fn at_main(thread: Pid, arch: Arch) -> Result<Self, String> {
        let (trap, overrun) = instruction(arch).ok_or("no breakpoints on this architecture")?;
        let addresses = entry::mains(thread)?;
        let mut breakpoint = Self {
            places: Vec::new(),
            overrun,
        };
        breakpoint
            .insert(thread, &addresses, trap)
            .map_err(|error| error.to_string())?;
        Ok(breakpoint)
    }

    fn insert(&mut self, thread: Pid, addresses: &[u64], trap: &[u8]) -> io::Result<()> {
        let memory = memory(thread)?;
        for &address in addresses {
            let mut before = vec![0; trap.len()];
            memory.read_exact_at(&mut before, address)?;
            memory.write_all_at(trap, address)?;
            self.places.push((address, before));
        }
        Ok(())
    }

    /// The place where a thread that has stopped has met it.
    fn hit(&self, thread: Pid) -> Option<u64> {
        let at = state(thread).ok()?.address.wrapping_sub(self.overrun);
        self.places
            .iter()
            .map(|(address, _)| *address)
            .find(|address| *address == at)
    }

    /// Whether a thread that has stopped has met it.
    pub(super) fn is_hit(&self, thread: Pid) -> bool {
        self.hit(thread).is_some()
    }

    /// Takes it away; the thread goes on with what was there before.
    ///
    /// # Errors
    ///
    /// Those of ptrace(2) and of `/proc/PID/mem`.
    pub(super) fn remove(&self, thread: Pid) -> io::Result<()> {
        let hit = self.hit(thread);
        let memory = memory(thread)?;
        for (address, before) in &self.places {
            memory.write_all_at(before, *address)?;
        }
        match hit {
            Some(address) if self.overrun > 0 => set_address(thread, address),
            _ => Ok(()),
        }
    }
}

fn memory(thread: Pid) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .open(format!("/proc/{thread}/mem"))
}

/// Lets a stopped thread go on at this address.
#[cfg(any(target_arch = "x86_64", target_arch = "x86"))]
fn set_address(thread: Pid, address: u64) -> io::Result<()> {
    let mut registers = nix::sys::ptrace::getregs(thread)?;
    #[cfg(target_arch = "x86_64")]
    {
        registers.rip = address;
    }
    #[cfg(target_arch = "x86")]
    {
        registers.eip = address as _;
    }
    Ok(nix::sys::ptrace::setregs(thread, registers)?)
}

/// Lets a stopped thread go on at this address: elsewhere, it stands there already.
#[cfg(not(any(target_arch = "x86_64", target_arch = "x86")))]
fn set_address(_: Pid, _: u64) -> io::Result<()> {
    Ok(())
}
