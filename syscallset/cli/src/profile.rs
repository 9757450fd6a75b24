//! What `syscallset profile` prints; the analysis is in `syscallset-profile`.

pub(crate) mod answer;
pub(crate) mod chain;
pub(crate) mod check;
pub(crate) mod embedded;
mod limits;
