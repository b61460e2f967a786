//! Every system call the loop makes, one file per kernel facility.
//!
//! Each file begins with the kernel's facts it leans on. Nothing here knows what a source or a
//! context is; `engine` decides when to call, this folder only how. Errors are [`Errno`] values.

pub mod child;
pub mod clock;
pub mod environment;
pub mod epoll;
mod errno;
pub mod eventfd;
pub mod everything;
pub mod fd;
pub mod fork;
pub mod own;
pub mod passwd;
pub mod poll;
pub mod signal;
pub mod thread;

pub use errno::Errno;
