//! `syscallset trace`, run: what it sees, and that nobody notices.

mod cargo;
mod fixture;
mod pass_through;
mod sees;
