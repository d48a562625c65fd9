//! A server's process: its own group, an environment that we choose, bounded output, and an end that takes its children along.
//!
//! If this program itself is killed, servers see their standard input close, which is how the protocol tells them to leave
//! (MCP, "Transports", stdio shutdown); nothing here can reach their children then.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::io::{AsyncRead, AsyncReadExt as _, ReadBuf};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::{MAX_LINE_BYTES, ServerConfig};

/// How much of what a server writes to its standard error is kept, in bytes.
const STDERR_TAIL_BYTES: usize = 2048;
/// How long a server may take to leave once its input is closed.
const LEAVE_LIMIT: Duration = Duration::from_secs(2);

/// A running server. Dropping it kills its whole group.
pub struct Process {
    child: Child,
    /// The id of the process group, which is the child's own id.
    group: Option<u32>,
    stderr: Arc<Mutex<VecDeque<u8>>>,
    secrets: Vec<SecretString>,
}

/// The two ends that the protocol runs over.
pub struct Pipes {
    pub stdin: ChildStdin,
    pub stdout: BoundedLines<ChildStdout>,
    /// Turns true when a line was longer than [`MAX_LINE_BYTES`]; the output ends there.
    pub overflow: Arc<AtomicBool>,
}

/// Starts the server. Only `PATH` is handed on besides the configured variables.
pub fn spawn(config: &ServerConfig) -> io::Result<(Process, Pipes)> {
    let mut command = Command::new(&config.command);
    command.args(&config.args).env_clear();
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command.envs(config.env.iter().map(|(name, value)| (name, value.expose_secret())));
    if let Some(directory) = &config.cwd {
        command.current_dir(directory);
    }
    #[cfg(unix)]
    command.process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn()?;
    let missing = || io::Error::other("a pipe to the process is missing");
    let stdin = child.stdin.take().ok_or_else(missing)?;
    let stdout = child.stdout.take().ok_or_else(missing)?;
    let mut errors = child.stderr.take().ok_or_else(missing)?;
    let stderr = Arc::new(Mutex::new(VecDeque::new()));
    let tail = Arc::clone(&stderr);
    tokio::spawn(async move {
        let mut chunk = [0; 1024];
        while let Ok(count @ 1..) = errors.read(&mut chunk).await {
            keep_tail(&tail, &chunk[..count]);
        }
    });
    let overflow = Arc::new(AtomicBool::new(false));
    let stdout = BoundedLines { inner: stdout, line: 0, overflow: Arc::clone(&overflow) };
    let (group, secrets) = (child.id(), config.env.values().cloned().collect());
    Ok((Process { child, group, stderr, secrets }, Pipes { stdin, stdout, overflow }))
}

impl Process {
    /// The last that the server wrote to its standard error, without the secrets that it was given.
    pub fn last_words(&self) -> String {
        let bytes: Vec<u8> = self.stderr.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect();
        let mut text = String::from_utf8_lossy(&bytes).trim().to_owned();
        for secret in self.secrets.iter().map(|s| s.expose_secret()).filter(|secret| !secret.is_empty()) {
            text = text.replace(secret, "•••");
        }
        text
    }

    /// Waits until the process has left by itself, for a while, then kills what is left of its group.
    pub async fn end(mut self) {
        let left = tokio::time::timeout(LEAVE_LIMIT, self.child.wait()).await.is_ok();
        self.kill_group();
        if !left {
            let _gone = tokio::time::timeout(LEAVE_LIMIT, self.child.wait()).await;
        }
    }

    /// Kills the group once. The shell's `kill` stands in for the system call, which only unsafe code could make.
    fn kill_group(&mut self) {
        let Some(group) = self.group.take() else { return };
        let kill = format!("kill -KILL -{group} 2>/dev/null");
        let done = std::process::Command::new("/bin/sh").args(["-c", &kill]).stdin(Stdio::null()).status();
        if let Err(error) = done {
            tracing::warn!(%error, "no shell to kill a tool server's group with; only the server itself is killed");
        }
        // The direct child once more: where there is no shell, this is all that there is.
        let _already_gone = self.child.start_kill();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill_group();
    }
}

fn keep_tail(tail: &Mutex<VecDeque<u8>>, chunk: &[u8]) {
    let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
    tail.extend(chunk);
    let surplus = tail.len().saturating_sub(STDERR_TAIL_BYTES);
    tail.drain(..surplus);
}

/// Reads through, and ends the stream at a line that is too long, so that no server can fill our memory or keep us reading.
pub struct BoundedLines<R> {
    inner: R,
    /// Bytes since the last line feed.
    line: usize,
    overflow: Arc<AtomicBool>,
}

impl<R: AsyncRead + Unpin> AsyncRead for BoundedLines<R> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.overflow.load(Ordering::Relaxed) {
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(cx, buffer);
        if matches!(polled, Poll::Ready(Ok(()))) {
            let fresh = &buffer.filled()[before..];
            self.line = match fresh.iter().rposition(|byte| *byte == b'\n') {
                Some(at) => fresh.len() - at - 1,
                None => self.line + fresh.len(),
            };
            if self.line > MAX_LINE_BYTES {
                self.overflow.store(true, Ordering::Relaxed);
                buffer.set_filled(before);
            }
        }
        polled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_endless_line_ends_the_stream_and_many_short_ones_do_not() {
        let overflow = Arc::new(AtomicBool::new(false));
        let endless = tokio::io::repeat(b'x');
        let mut read = BoundedLines { inner: endless, line: 0, overflow: Arc::clone(&overflow) };
        let mut taken = Vec::new();
        read.read_to_end(&mut taken).await.unwrap();
        assert!(taken.len() <= MAX_LINE_BYTES && overflow.load(Ordering::Relaxed));

        let overflow = Arc::new(AtomicBool::new(false));
        let lines = b"short\n".repeat(MAX_LINE_BYTES / 3);
        let mut read = BoundedLines { inner: lines.as_slice(), line: 0, overflow: Arc::clone(&overflow) };
        let mut taken = Vec::new();
        read.read_to_end(&mut taken).await.unwrap();
        assert_eq!(taken.len(), lines.len());
        assert!(!overflow.load(Ordering::Relaxed));
    }

    #[test]
    fn only_the_end_of_the_errors_is_kept() {
        let tail = Mutex::new(VecDeque::new());
        keep_tail(&tail, &[b'a'; 3000]);
        keep_tail(&tail, b"end");
        let kept: Vec<u8> = tail.into_inner().unwrap().into();
        assert_eq!(kept.len(), STDERR_TAIL_BYTES);
        assert!(kept.ends_with(b"end"));
    }
}
