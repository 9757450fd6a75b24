//! What the tests of the workspace and the programs under test share.

pub mod both;
pub mod ended;
pub mod program;
pub mod sys;
pub mod threads;
