//! The slow reader: the other end of the examples' connection.
//!
//! It takes a chunk, sleeps a moment, takes the next, and compares every byte with what the job is to
//! send. It knows nothing of the programs that write. `measure.rs` starts one for each run.

use std::io::{ErrorKind, Read};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::AsRawFd as _;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{bail, ensure, Context, Result};

const CHUNK_BYTES: usize = 64 * 1024;
const PAUSE: Duration = Duration::from_millis(2);

/// Keeps what lies unread in the kernel small beside the payload, however generous its defaults are.
const RECEIVE_BUFFER_BYTES: libc::c_int = 256 * 1024;

/// How often an idle reader looks whether it is still wanted.
const PATIENCE: Duration = Duration::from_millis(20);

/// What the job sends, over and over.
const PATTERN: &[u8; 4] = b"foo\n";

/// Shared between the reader's thread and who started it.
#[derive(Debug, Default)]
struct Progress {
    received: AtomicU64,
    given_up: AtomicBool,
}

/// A reader on its own thread, waiting for one connection.
#[derive(Debug)]
pub struct Reader {
    pub port: u16,
    progress: Arc<Progress>,
    thread: JoinHandle<Result<()>>,
}

impl Reader {
    pub fn start() -> Result<Self> {
        let listener = listen().context("starting the reader on the loopback interface")?;
        let port = listener.local_addr()?.port();
        let progress = Arc::new(Progress::default());
        let shared = Arc::clone(&progress);
        Ok(Self { port, progress, thread: thread::spawn(move || serve(&listener, &shared)) })
    }

    /// Bytes received so far.
    pub fn received(&self) -> u64 {
        self.progress.received.load(Ordering::Relaxed)
    }

    /// Waits until the writer's side is closed and all is read, and gives the number of bytes.
    pub fn finish(self) -> Result<u64> {
        self.thread.join().expect("the reader does not panic")?;
        Ok(self.progress.received.load(Ordering::Relaxed))
    }

    /// Ends the reader, whatever may still come.
    pub fn give_up(self) {
        self.progress.given_up.store(true, Ordering::Relaxed);
        // Its outcome is of no interest any more.
        let _ = self.thread.join();
    }
}

fn listen() -> Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    // Accepted sockets inherit the size, and only before the handshake does it bound the window.
    // SAFETY: the descriptor is open, and the option's value is an int that outlives the call.
    let outcome = unsafe {
        libc::setsockopt(
            listener.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_RCVBUF,
            std::ptr::from_ref(&RECEIVE_BUFFER_BYTES).cast(),
            size_of::<libc::c_int>() as libc::socklen_t,
        )
    };
    ensure!(outcome == 0, std::io::Error::last_os_error());
    Ok(listener)
}

fn serve(listener: &TcpListener, progress: &Progress) -> Result<()> {
    let Some(mut stream) = accept(listener, progress)? else {
        return Ok(());
    };
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut chunk = vec![0; CHUNK_BYTES];
    let payload = payload();
    while !progress.given_up.load(Ordering::Relaxed) {
        match stream.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => {
                let before = progress.received.load(Ordering::Relaxed);
                compare(&chunk[..count], &payload, before)?;
                progress.received.store(before + count as u64, Ordering::Relaxed);
                thread::sleep(PAUSE);
            }
            Err(error) if is_passing(error.kind()) => {}
            Err(error) => return Err(error).context("reading"),
        }
    }
    Ok(())
}

fn accept(listener: &TcpListener, progress: &Progress) -> Result<Option<TcpStream>> {
    while !progress.given_up.load(Ordering::Relaxed) {
        match listener.accept() {
            Ok((stream, _)) => return Ok(Some(stream)),
            Err(error) if is_passing(error.kind()) => thread::sleep(Duration::from_millis(1)),
            Err(error) => return Err(error).context("accepting a connection"),
        }
    }
    Ok(None)
}

fn is_passing(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

/// A piece of the job's payload from which any chunk can be cut, whatever its phase.
fn payload() -> Vec<u8> {
    PATTERN.repeat(CHUNK_BYTES / PATTERN.len() + 1)
}

/// Fails at the first byte that is not the job's; `offset` is where `bytes` begin in the stream.
fn compare(bytes: &[u8], payload: &[u8], offset: u64) -> Result<()> {
    let phase = (offset % PATTERN.len() as u64) as usize;
    let expected = &payload[phase..][..bytes.len()];
    if bytes == expected {
        return Ok(());
    }
    let same = bytes.iter().zip(expected).take_while(|(got, want)| got == want);
    bail!("byte {} is not what was to be written", offset + same.count() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn send(bytes: &[u8]) -> Result<u64> {
        let reader = Reader::start().unwrap();
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, reader.port)).unwrap();
        stream.write_all(bytes).unwrap();
        drop(stream);
        reader.finish()
    }

    #[test]
    fn the_reader_counts_what_it_gets() {
        assert_eq!(send(b"foo\nfoo\nf").unwrap(), 9);
    }

    #[test]
    fn a_wrong_byte_is_told_with_its_place() {
        let error = send(b"foo\nfo0\n").unwrap_err();
        assert!(error.to_string().starts_with("byte 6 "), "{error}");
    }

    #[test]
    fn the_comparison_goes_on_where_the_last_chunk_ended() {
        assert!(compare(b"\nfoo", &payload(), 7).is_ok());
        assert!(compare(b"foo\n", &payload(), 7).is_err());
    }

    #[test]
    fn a_reader_nobody_connects_to_can_be_given_up() {
        Reader::start().unwrap().give_up();
    }
}
