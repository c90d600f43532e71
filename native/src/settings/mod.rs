//! What the operator decides, as plain data: the command line and the configuration file enter, the parts of the server
//! take what is theirs.

pub mod limits;
