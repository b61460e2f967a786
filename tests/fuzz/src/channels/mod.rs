//! Channels: what a program does with one, as data (`game.rs`), played on a library (`api.rs`, `play.rs`)
//! over a channel of the program's own making, a file or a pipe (`ground.rs`), and judged (`judge.rs`).

pub mod api;
pub mod game;
pub mod ground;
pub mod judge;
pub mod play;
