//! What the same lists become elsewhere.

pub mod extrasafe;
pub mod libseccomp;
pub mod seccompiler;
