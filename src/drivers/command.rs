//! The driver `command`: a program of one's own. It gets one line of JSON for each question and answers with one; it runs in a
//! process group of its own, without a shell, within limits of time, memory and output, and nothing of the group outlives the
//! answer.
//!
//! Its input stays open until it has answered, so that a program whose bot was killed sees the end of its input and can leave.

use std::process::Stdio;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use secrecy::ExposeSecret as _;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

use super::agents::CommandConfig;
use super::contract::{self, MAX_ANSWER_BYTES};
use super::{Driver, Failure, Heard};
use crate::clock::Timestamp;
use crate::runs::brief::Brief;
use crate::runs::said::Usage;

/// How long a program may take to leave once it has answered.
const LEAVE_LIMIT: Duration = Duration::from_secs(2);
/// How much of what it writes to its standard error is told, in characters.
const MAX_WORDS: usize = 300;

pub struct CommandDriver {
    pub position: String,
    pub config: CommandConfig,
}

/// A running program; dropping it kills its whole group.
struct Group {
    child: Child,
}

#[async_trait]
impl Driver for CommandDriver {
    async fn ask(&self, brief: &Brief, _now: Timestamp, stop: &CancellationToken) -> Heard {
        let began = Instant::now();
        let mut usage = Usage::unknown(&self.position);
        let heard = tokio::select! {
            heard = tokio::time::timeout(self.config.timeout, self.run(brief)) => heard.unwrap_or_else(|_late| {
                let seconds = self.config.timeout.as_secs();
                Err(passing(format!("The program of {} did not answer within {seconds} seconds.", self.position)))
            }),
            () = stop.cancelled() => Err(Failure::Stopped),
        };
        usage.took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        match heard {
            Ok(line) => match contract::answer(&line, &self.position) {
                Ok((said, told)) => Heard::Said { said, usage: Usage { took_ms: usage.took_ms, ..told } },
                Err(why) => Heard::Said { said: contract::unreadable(&line, &why), usage },
            },
            Err(failure) => Heard::Failed { failure, usage },
        }
    }

    fn limit(&self) -> Duration {
        self.config.timeout
    }
}

impl CommandDriver {
    /// The program's answer, as it wrote it. Whatever happens, its group is gone afterwards.
    async fn run(&self, brief: &Brief) -> Result<String, Failure> {
        let of = &self.position;
        let mut group = self
            .start()
            .map_err(|error| Failure::Lasting { why: format!("The program of {of} cannot be started: {error}.") })?;
        let (stdin, stdout, stderr) = (group.child.stdin.take(), group.child.stdout.take(), group.child.stderr.take());
        let (Some(mut stdin), Some(stdout), Some(stderr)) = (stdin, stdout, stderr) else {
            return Err(passing(format!("The program of {of} has no input or no output.")));
        };
        let words = tokio::spawn(async move {
            let mut text = Vec::new();
            let _read_what_there_is = stderr.take(64 * 1024).read_to_end(&mut text).await;
            String::from_utf8_lossy(&text).into_owned()
        });
        let question = format!("{}\n", contract::question(brief));
        // A program that left already tells why on its standard error.
        let _left_already = stdin.write_all(question.as_bytes()).await;
        let _left_already = stdin.flush().await;
        let mut line = String::new();
        let limit = u64::try_from(MAX_ANSWER_BYTES).unwrap_or(u64::MAX);
        let mut output = BufReader::new(stdout.take(limit));
        let read = output.read_line(&mut line).await;
        drop(stdin);
        let mut rest = String::new();
        let more = tokio::time::timeout(LEAVE_LIMIT, output.read_to_string(&mut rest)).await;
        let status = tokio::time::timeout(LEAVE_LIMIT, group.child.wait()).await;
        drop(group);
        if read.is_err() || line.trim().is_empty() {
            let words = tokio::time::timeout(LEAVE_LIMIT, words).await.ok().and_then(Result::ok).unwrap_or_default();
            let words: String = words.split_whitespace().collect::<Vec<_>>().join(" ");
            let words = words.chars().rev().take(MAX_WORDS).collect::<Vec<_>>().into_iter().rev().collect::<String>();
            let how = status.ok().and_then(Result::ok).map_or_else(String::new, |status| format!(" ({status})"));
            let words = crate::redact::text(&self.without_ours(&words)).into_owned();
            return Err(passing(format!("The program of {of} left without an answer{how}: {words}")));
        }
        // Whatever else it said makes it more than one answer, which the contract's reader refuses.
        match more {
            Ok(Ok(_)) => Ok(format!("{line}{rest}")),
            Ok(Err(_)) | Err(_) => Err(passing(format!("The program of {of} went on after its answer."))),
        }
    }

    fn start(&self) -> std::io::Result<Group> {
        let config = &self.config;
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
        let group = Group { child: command.spawn()? };
        // It waits for its question, so the limit holds before it has anything to work on.
        group.limit_memory(config.memory_bytes)?;
        Ok(group)
    }

    /// The words without the secrets that the program was given.
    fn without_ours(&self, words: &str) -> String {
        let secrets = self.config.env.values().map(|secret| secret.expose_secret()).filter(|secret| secret.len() >= 4);
        secrets.fold(words.to_owned(), |words, secret| words.replace(secret, "•••"))
    }
}

impl Group {
    #[cfg(target_os = "linux")]
    fn limit_memory(&self, bytes: u64) -> std::io::Result<()> {
        use rustix::process::{Resource, Rlimit, prlimit};
        let limit = Rlimit { current: Some(bytes), maximum: Some(bytes) };
        prlimit(self.pid(), Resource::As, limit).map(|_before| ()).map_err(std::io::Error::from)
    }

    #[cfg(not(target_os = "linux"))]
    fn limit_memory(&self, _bytes: u64) -> std::io::Result<()> {
        Ok(())
    }

    #[cfg(unix)]
    fn pid(&self) -> Option<rustix::process::Pid> {
        self.child.id().and_then(|id| rustix::process::Pid::from_raw(i32::try_from(id).ok()?))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self.pid() {
            let _gone_already = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _gone_already = self.child.start_kill();
    }
}

fn passing(why: String) -> Failure {
    Failure::Passing { why, after: None, elsewhere: false }
}
