//! Whether mainspring plays a game as GLib does. Where GLib gives up on a defect we know of, only what came
//! before counts, and that mainspring goes on.

use anyhow::Result;
use twin_random::judge::first_difference;

use super::game::Game;
use super::play::play;
use crate::judge;

/// What is wrong with how mainspring plays the game, if anything is.
pub fn objection(game: &Game) -> Result<Option<String>> {
    let [glib, mainspring] = judge::channels()?;
    let expected = play(glib, game, true);
    let seen = play(mainspring, game, false);
    let expected = match expected.gave_up {
        Some((given_up, false)) => {
            return Ok(Some(format!("GLib gives up for no reason that we know, in {given_up}")));
        }
        Some((_, true)) => up_to_last_move(&expected.trace),
        None => &expected.trace,
    };
    let seen = match expected.ends_with('\n') {
        true => &seen.trace,
        false => &seen.trace[..expected.len().min(seen.trace.len())],
    };
    Ok(first_difference(glib.title, expected, mainspring.title, seen))
}

/// What was told before the last move began, without its line's end: so is told from a whole trace.
fn up_to_last_move(trace: &str) -> &str {
    &trace[..trace.rfind("\n> ").unwrap_or(0)]
}
