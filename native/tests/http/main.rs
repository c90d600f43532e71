//! The server without a socket: what goes in as a request comes out as an answer, and each answer is held against the
//! rows themselves or against what a client is known to expect.

mod archives;
mod basemap;
mod caching;
mod cors;
mod documents;
mod downloads;
mod encoding;
mod errors;
mod floods;
mod kepler;
mod lets;
mod openapi;
mod rows;
mod shapes;
mod stats;
mod strangers;
mod subset;
mod support;
mod tiles;
mod urls;
