//! Marks that signal handlers leave for sources.
//!
//! A *line* stands for one signal (`sys::signal::KNOWN`). The handler counts a delivery of its line
//! and rings the bells of the contexts that have sources listening to it; that is all it does. A
//! source remembers the count it has *heard*; while the line's is another, it is *marked*. So
//! deliveries coalesce, and those before attaching are not lost. An iteration compares one number,
//! the deliveries of all lines, and looks at its listeners only when that has changed.
//!
//! Nothing a handler reads is ever freed, except contexts, which it reaches through *posts*. Posts
//! are made and never freed, only used again. While a context has listeners it holds one post, and
//! the post a count on the context's memory (I3). A context taken out of its post is let go only
//! once no handler runs that may have seen it there (`handlers_are_over`). Handlers are short, but
//! one may be left for good: by a jump out of another handler that interrupted it, or by its thread's
//! end. So the wait is bounded; a handler that outlasts it is given up on, and since it may also
//! come back, no context that was ever posted is freed from then on.
//!
//! No mark is lost: a handler counts, then looks at the posts; a listener that is attached puts up
//! its post, then looks at the count. Everything here is sequentially consistent, so whichever comes
//! second sees the first. How a ring meets a loop on its way to sleep is `bell`'s matter.
//!
//! All this is memory of the process: a forked child inherits handlers, counts and posts, and its
//! signals reach its copies of the contexts.

use super::context::{Context, State};
use super::seam::Interest;
use super::source::SourcePtr;
use crate::sync::Ordering::SeqCst;
use crate::sync::{for_statics, statics, yield_now, AtomicPtr, AtomicU32, AtomicU64, Mutex};
use crate::sys::clock::{monotonic_ns, NS_PER_MS};
use crate::sys::signal::{self, KNOWN};
use crate::sys::{fork, Errno};
use std::sync::atomic::AtomicBool;

/// Listens to nothing.
pub const NO_LINE: u8 = u8::MAX;

const LINES: usize = KNOWN.len();

for_statics! {
    fn none() -> AtomicU32 {
        AtomicU32::new(0)
    }
}

statics! {
    /// Deliveries of each line.
    static DELIVERIES: [AtomicU32; LINES] = [none(), none(), none(), none(), none(), none(), none()];
    /// Deliveries of all lines: what iterations compare.
    static TOTAL: AtomicU32 = AtomicU32::new(0);
    /// Handlers running now in the low half; the fork they run in (`sys::fork`) in the high half,
    /// since a forked child inherits the number but not the handlers of other threads.
    static RUNNING: AtomicU64 = AtomicU64::new(0);
    /// How many handlers were given up on, at most. Never less than it was: from then on it is not
    /// known which of them may come back.
    static GIVEN_UP: AtomicU32 = AtomicU32::new(0);
    /// Sources of each line: its handler is installed while there are any. Taken with no context
    /// locked. A forked child may find it held by a thread it does not have, and takes it all the
    /// same (`free_users`): hence a line is counted after its handler is installed, and no longer
    /// counted before its handler goes, and a handler too many does no harm.
    static USERS: Mutex<[u32; LINES]> = Mutex::new([0; LINES]);
    /// The newest post.
    static POSTS: AtomicPtr<Post> = AtomicPtr::new(std::ptr::null_mut());
}
/// A handler runs for microseconds. If it takes this long its thread was held up, or will not return.
const PATIENCE: u64 = 20 * NS_PER_MS;

/// Where a handler finds a context.
struct Post {
    /// NULL while nobody uses the post. Whoever swaps a context in owns the post.
    context: AtomicPtr<Context>,
    /// The lines its sources listen to, as bits.
    lines: AtomicU32,
    next: *const Post,
}

// SAFETY: I3: what changes in a post is atomic, and posts are never freed.
unsafe impl Sync for Post {}

fn posts() -> impl Iterator<Item = &'static Post> {
    // SAFETY: I3: posts are published whole and never freed.
    let at = |post: *const Post| unsafe { post.as_ref() };
    std::iter::successors(at(POSTS.load(SeqCst)), move |post| at(post.next))
}

// ---- The handler -----------------------------------------------------------------------------

/// Unwinds, because it may be interrupted by a handler of the program's that ends the thread
/// (`pthread_exit`, cancellation), which unwinds through what it has interrupted.
extern "C-unwind" fn delivered(number: i32) {
    let saved = Errno::last();
    if let Some(line) = signal::place_of(number) {
        let entered = enter();
        DELIVERIES[line].fetch_add(1, SeqCst);
        TOTAL.fetch_add(1, SeqCst);
        for post in posts().filter(|post| post.lines.load(SeqCst) & 1 << line != 0) {
            // SAFETY: I3: the post's count on the memory outlives the handlers that saw it there.
            if let Some(context) = unsafe { post.context.load(SeqCst).as_ref() } {
                context.bell.ring_from_handler();
            }
        }
        leave(entered);
    }
    saved.set();
}

fn generation() -> u64 {
    u64::from(fork::current()) << 32
}

fn enter() -> u64 {
    let generation = generation();
    let one_more =
        |word: u64| Some(if word >> 32 == generation >> 32 { word + 1 } else { generation | 1 });
    let _ = RUNNING.fetch_update(SeqCst, SeqCst, one_more);
    generation
}

fn leave(entered: u64) {
    // A handler that was left by fork in the program's own handler was never counted there.
    let one_less = |word: u64| (word >> 32 == entered >> 32).then(|| word - 1);
    let _ = RUNNING.fetch_update(SeqCst, SeqCst, one_less);
}

/// Waits, but not for long, until no handler runs that was running at the call, and says whether
/// that is certain. Handlers wait for nobody, and one on this very thread is over before this thread
/// goes on.
fn handlers_are_over() -> bool {
    let mut patience = None;
    loop {
        let word = RUNNING.load(SeqCst);
        let running = if word >> 32 == generation() >> 32 { word as u32 } else { 0 };
        let given_up = GIVEN_UP.load(SeqCst);
        if running <= given_up {
            return given_up == 0;
        }
        let now = monotonic_ns();
        if now >= *patience.get_or_insert(now + PATIENCE) {
            GIVEN_UP.fetch_max(running, SeqCst);
            return false;
        }
        yield_now();
    }
}

// ---- Forks -----------------------------------------------------------------------------------

extern "C" fn free_users() {
    USERS.abandon();
}

fn watch_forks() {
    static WATCHED: AtomicBool = AtomicBool::new(false);
    fork::watch();
    fork::hook(&WATCHED, free_users);
}

// ---- Sources ---------------------------------------------------------------------------------

impl SourcePtr {
    /// Makes a source that listens to nothing yet listen to a line, whose handler is installed if it
    /// is not yet. With `marked` it is marked from the beginning.
    pub fn listen_to(self, line: usize, marked: bool) {
        watch_forks();
        let mut users = USERS.lock();
        let heard = DELIVERIES[line].load(SeqCst);
        if users[line] == 0 {
            let installed = signal::catch(KNOWN[line], delivered);
            debug_assert!(installed.is_ok(), "a handler for a signal that can be caught");
        }
        users[line] += 1;
        drop(users);
        let mut locked = self.lock();
        self.line.set(line as u8);
        self.rare_mut().heard = heard.wrapping_sub(u32::from(marked));
        if let Some((context, state)) = locked.context().filter(|_| !self.is_destroyed()) {
            state.add_listener(context, self);
        }
    }

    /// Ends that, in the source's finalization: the last listener takes the handler along.
    pub fn stop_listening(self) {
        let line = usize::from(self.line.replace(NO_LINE));
        let mut users = USERS.lock();
        if let Some(count) = users.get_mut(line) {
            *count -= 1;
            if *count == 0 {
                let _ = signal::let_go(KNOWN[line]);
            }
        }
    }

    fn heard(self) -> u32 {
        self.rare().map_or(0, |rare| rare.heard)
    }

    fn listens(self) -> Option<usize> {
        let line = usize::from(self.line.get());
        (line < LINES).then_some(line)
    }

    /// Marked, and no check function has to be asked whether that means anything.
    pub(super) fn mark_decides(self) -> bool {
        self.marked().get() && !self.interest().is(Interest::Verified)
    }
}

// ---- Contexts --------------------------------------------------------------------------------

/// A context's part: its sources that listen.
#[derive(Default)]
pub struct Marks {
    listeners: Vec<SourcePtr>,
    post: Option<&'static Post>,
    /// `TOTAL` when the listeners were last looked at.
    seen: u32,
}

impl Marks {
    /// No source of the context listens to a signal.
    pub fn is_unused(&self) -> bool {
        self.listeners.is_empty()
    }
}

impl State {
    /// A source was attached: from now on its deliveries wake the context.
    #[inline]
    pub(super) fn add_listener(&mut self, context: &Context, source: SourcePtr) {
        if source.listens().is_some() {
            self.let_listen(context, source);
        }
    }

    #[cold]
    fn let_listen(&mut self, context: &Context, source: SourcePtr) {
        self.marks.listeners.push(source);
        self.post_lines(context);
        self.mark_if_delivered(source);
    }

    /// A source was destroyed.
    #[inline]
    pub(super) fn remove_listener(&mut self, source: SourcePtr) {
        if source.listens().is_some() {
            self.let_be(source);
        }
    }

    #[cold]
    fn let_be(&mut self, source: SourcePtr) {
        source.marked().set(false);
        self.marks.listeners.retain(|other| *other != source);
        self.post_lines_of_rest();
    }

    fn lines(&self) -> u32 {
        let lines = self.marks.listeners.iter().filter_map(|source| source.listens());
        lines.fold(0, |bits, line| bits | 1 << line)
    }

    fn post_lines(&mut self, context: &Context) {
        let lines = self.lines();
        let post = *self.marks.post.get_or_insert_with(|| {
            context.keep_memory();
            let address = std::ptr::from_ref(context).cast_mut();
            let null = std::ptr::null_mut();
            let claim =
                |post: &&Post| post.context.compare_exchange(null, address, SeqCst, SeqCst).is_ok();
            posts().find(claim).unwrap_or_else(|| put_up(address))
        });
        post.lines.store(lines, SeqCst);
    }

    fn post_lines_of_rest(&mut self) {
        let lines = self.lines();
        let Some(post) = self.marks.post else { return };
        post.lines.store(lines, SeqCst);
        if lines == 0 {
            self.marks.post = None;
            let context = post.context.swap(std::ptr::null_mut(), SeqCst);
            if handlers_are_over() {
                // SAFETY: the count taken by `post_lines`; no handler looks at the context any more,
                // and the source that is leaving holds another (I3).
                unsafe { Context::release_memory(context) };
            }
        }
    }

    /// Looks at the listeners if anything was delivered since the last time.
    #[inline(always)]
    pub(super) fn notice_marks(&mut self) {
        if !self.marks.listeners.is_empty() {
            self.look_at_listeners();
        }
    }

    #[inline(never)]
    fn look_at_listeners(&mut self) {
        self.keep_child_handler();
        let total = TOTAL.load(SeqCst);
        if total == self.marks.seen {
            return;
        }
        self.marks.seen = total;
        for at in 0..self.marks.listeners.len() {
            self.mark_if_delivered(self.marks.listeners[at]);
        }
    }

    /// Another loop in this process (libglib's own, beside the overlay) may have caught `SIGCHLD` for
    /// a while and put back the default: then the handler is put up again, and whoever waits for a
    /// child looks, as after a delivery. Somebody's handler that is there stays.
    fn keep_child_handler(&self) {
        let posted = self.marks.post.map_or(0, |post| post.lines.load(SeqCst));
        if posted & 1 << signal::CHILD != 0 && signal::is_default(KNOWN[signal::CHILD]) {
            let _ = signal::catch(KNOWN[signal::CHILD], delivered);
            delivered(KNOWN[signal::CHILD]);
        }
    }

    fn mark_if_delivered(&mut self, source: SourcePtr) {
        let delivered =
            source.listens().is_some_and(|line| DELIVERIES[line].load(SeqCst) != source.heard());
        if delivered && !source.marked().replace(true) {
            self.levels.file(source);
        }
    }

    /// Takes the mark off: what is delivered from now on is a new one (US-007).
    #[inline]
    pub(super) fn hear(&mut self, source: SourcePtr) {
        if source.line.get() != NO_LINE || source.marked().get() {
            self.hear_now(source);
        }
    }

    #[inline(never)]
    fn hear_now(&mut self, source: SourcePtr) {
        if let Some(line) = source.listens() {
            source.rare_mut().heard = DELIVERIES[line].load(SeqCst);
        }
        if source.marked().replace(false) {
            self.levels.file(source);
        }
    }

    /// Complains about marks that do not fit (for `Context::verify`).
    pub(super) fn verify_marks(&self) -> Result<(), String> {
        let posted = self.marks.post.map_or(0, |post| post.lines.load(SeqCst));
        if posted != self.lines() {
            return Err("the post names other lines than the listeners do".into());
        }
        match self.marks.listeners.iter().all(|source| !source.is_destroyed()) {
            true => Ok(()),
            false => Err("a destroyed source still listens".into()),
        }
    }
}

/// Adds a post that already belongs to `context`.
fn put_up(context: *mut Context) -> &'static Post {
    let mut newest = POSTS.load(SeqCst);
    let post: &'static mut Post = Box::leak(Box::new(Post {
        context: AtomicPtr::new(context),
        lines: AtomicU32::new(0),
        next: newest,
    }));
    loop {
        post.next = newest;
        let at = std::ptr::from_mut(post);
        match POSTS.compare_exchange(newest, at, SeqCst, SeqCst) {
            // SAFETY: I3: never freed, and from here on only shared.
            Ok(_) => return unsafe { &*at },
            Err(now) => newest = now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handlers_are_counted_within_their_fork() {
        fork::watch();
        let entered = enter();
        assert_eq!(RUNNING.load(SeqCst), generation() | 1);
        leave(entered);
        assert_eq!(RUNNING.load(SeqCst) as u32, 0);
        leave(entered + (1 << 32)); // Entered in another process: not counted here.
        assert_eq!(RUNNING.load(SeqCst) as u32, 0);
        assert!(handlers_are_over());

        let lost = enter(); // A jump led out of this one.
        assert!(!handlers_are_over(), "it may come back");
        assert!(!handlers_are_over(), "and nobody knows when");
        let entered = enter();
        assert_eq!(RUNNING.load(SeqCst) as u32, 2);
        leave(entered);
        leave(lost);
        assert!(!handlers_are_over(), "another may be lost by now");
        GIVEN_UP.store(0, SeqCst);
    }
}
