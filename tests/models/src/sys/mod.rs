//! `src/sys`, with the model of the kernel (`machine`) under it.
//!
//! Files without a system call that a model meets are the library's own; of the others those parts
//! are that compute. epoll and forks take part in no model.

pub mod clock;
#[path = "../../../../src/sys/environment.rs"]
pub mod environment;
#[path = "../../../../src/sys/epoll.rs"]
pub mod epoll;
#[path = "../../../../src/sys/errno.rs"]
mod errno;
pub mod eventfd;
pub mod fd;
#[path = "../../../../src/sys/fork.rs"]
pub mod fork;
#[path = "../../../../src/sys/own.rs"]
pub mod own;
pub mod poll;
pub mod signal;
pub mod thread;

pub use errno::Errno;
