//! `syscallset trace`, run: what it sees, and that nobody notices.

mod cargo;
mod fixture;
mod keeps;
mod pass_through;
mod sees;
