//! The loop.
//!
//! Knows no C type and no name of libc: sources are asked through [`seam::Kind`], the kernel is
//! reached through `crate::sys`. Read [`cycle`] first, it is one iteration from top to bottom; then
//! [`source`], the sheet that says what a source is made of, and README.md beside this file for the
//! life of a source and the queues it passes through.

pub mod bell;
pub mod callback;
pub mod context;
mod cursors;
pub mod cycle;
pub mod defaults;
mod desk;
pub mod dispatch;
pub mod family;
pub mod ids;
mod inbox;
pub mod keepers;
pub mod labels;
pub mod letters;
pub mod levels;
pub mod life;
pub mod list;
pub mod lit;
pub mod made;
pub mod mainloop;
pub mod marks;
pub mod now;
mod outer;
pub mod owner;
#[cfg(test)]
mod places;
pub mod pollset;
pub mod query;
mod queue;
pub mod records;
mod registry;
pub mod seam;
pub mod settings;
pub mod shelf;
pub mod source;
pub mod standing;
pub mod tables;
#[cfg(test)]
mod tests;
pub mod timers;
pub mod trace;
pub mod verify;
mod walk;
