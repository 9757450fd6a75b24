//! Filters in the formats of others.
//!
//! What a format cannot say is an error, with one exception that is told on standard error each time: most
//! formats have one action for all calls that they do not list, so that calls newer than the tables are
//! treated like refused ones there instead of failing with `ENOSYS`.

pub(crate) mod cubes;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod oci;
pub(crate) mod profile;
pub(crate) mod regions;
pub(crate) mod seccompiler;
pub(crate) mod write;
