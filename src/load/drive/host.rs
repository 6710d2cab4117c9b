//! A desk in a process of its own, which can be killed and started again.
//!
//! Invariant: the process is our child, is ended by its own number, and ends with us, however we end: its standard input is
//! a pipe of which we have the other end. It reads a configuration of its own and nobody outside is asked or told anything.

use crate::desk::remote::Remote;
use crate::desk::{Desk, DeskError, Setup};
use crate::load::LoadError;
use ascall_engine::domain::profile::Profile;
use rustix::process::{Pid, Signal, kill_process};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};

/// How long it may take to open the store, and to leave it.
const OPENING: Duration = Duration::from_secs(30);
pub(super) const LEAVING: Duration = Duration::from_secs(30);

/// Who never becomes the host itself says that it would, a long time from now.
const NEVER: Duration = Duration::from_hours(24 * 365);

/// The process.
pub(super) struct Host {
    setup: Setup,
    config: PathBuf,
    /// Where it listens, when it does; port 0 until it said which.
    listen: Option<SocketAddr>,
    child: Option<Child>,
}

impl Host {
    /// Starts one over the store of the set-up, in a folder of ours; over HTTP as well at a free port, when it is said.
    ///
    /// # Errors
    /// It does not start, or does not answer.
    pub(super) async fn start(setup: Setup, folder: &Path, http: bool) -> Result<Self, LoadError> {
        let config = configuration(folder, &setup.profiles)?;
        let listen = http.then(|| SocketAddr::from(([127, 0, 0, 1], 0)));
        let mut host = Self { setup, config, listen, child: None };
        host.begin().await?;
        Ok(host)
    }

    /// Starts it again where it was.
    ///
    /// # Errors
    /// As [`Host::start`].
    pub(super) async fn begin(&mut self) -> Result<(), LoadError> {
        let mut command = Command::new(std::env::current_exe().map_err(cannot)?);
        for (name, _) in std::env::vars_os() {
            let name_ = name.to_string_lossy();
            // Neither our configuration nor our manager of services is the child's.
            if name_.starts_with("ASCALL_") || ["NOTIFY_SOCKET", "LISTEN_FDS"].contains(&&*name_) {
                command.env_remove(&name);
            }
        }
        command
            .args(["serve", "--until-eof"])
            .arg("--store")
            .arg(&self.setup.store)
            .arg("--config")
            .arg(&self.config);
        command.args(["--lang", "en", "--log", "error"]);
        match self.listen {
            Some(at) => command.arg("--listen").arg(at.to_string()),
            None => command.arg("--no-http"),
        };
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.kill_on_drop(true).spawn().map_err(cannot)?;
        let said = child.stderr.take().map(|said| BufReader::new(said).lines());
        self.child = Some(child);
        let said = said.ok_or_else(|| LoadError::Target("it says nothing".to_owned()))?;
        let opened = tokio::time::timeout(OPENING, opened(said)).await;
        let address =
            opened.map_err(|_| LoadError::Target("the desk does not open".to_owned()))??;
        if self.listen.is_some() {
            self.listen = address;
        }
        Ok(())
    }

    /// A way to it that ends with it.
    ///
    /// # Errors
    /// It does not answer.
    pub(super) async fn attach(&self) -> Result<Desk, DeskError> {
        Desk::stay(&self.setup, "load", Instant::now() + NEVER).await
    }

    /// Where it listens for programs.
    pub(super) fn remote(&self) -> Option<Remote> {
        Remote::at(&format!("http://{}", self.listen?), None).ok()
    }

    /// How it ended, when it has and nobody ended it.
    pub(super) fn has_ended(&mut self) -> Option<ExitStatus> {
        self.child.as_mut()?.try_wait().ok().flatten()
    }

    /// Kills it.
    pub(super) async fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // One that has ended already is no fault.
            drop(child.kill().await);
        }
    }

    /// Asks it to leave, and waits until it has; kills it when that takes longer than this.
    pub(super) async fn leave(&mut self, patience: Duration) {
        let Some(mut child) = self.child.take() else { return };
        let pid = child.id().and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
        if let Some(pid) = pid {
            let _ = kill_process(pid, Signal::TERM);
        }
        if tokio::time::timeout(patience, child.wait()).await.is_err() {
            drop(child.kill().await);
        }
    }
}

/// Waits until it says that the desk is open, and where; what it says later is read and dropped, so that it never waits for
/// us.
async fn opened(mut said: Lines<BufReader<ChildStderr>>) -> Result<Option<SocketAddr>, LoadError> {
    let mut last = String::new();
    while let Some(line) = said.next_line().await.map_err(cannot)? {
        if line.starts_with("the desk ") && line.contains(" is open") {
            tokio::spawn(async move { while let Ok(Some(_)) = said.next_line().await {} });
            let address = line.split_once("http://").map(|(_, rest)| rest);
            let address = address.and_then(|rest| rest.split([';', ',', ' ']).next());
            return Ok(address.and_then(|address| address.parse().ok()));
        }
        last = line;
    }
    Err(LoadError::Target(format!("the desk does not open: {last}")))
}

/// A configuration with these service lines and nothing else.
fn configuration(folder: &Path, profiles: &[Profile]) -> Result<PathBuf, LoadError> {
    let mut files = Vec::new();
    for profile in profiles {
        let file = folder.join(format!("{}.toml", profile.name));
        let text =
            toml::to_string(profile).map_err(|error| LoadError::Target(error.to_string()))?;
        std::fs::write(&file, text).map_err(cannot)?;
        files.push(toml::Value::String(file.display().to_string()));
    }
    let config = folder.join("config.toml");
    let mut table = toml::Table::new();
    table.insert("profiles".to_owned(), toml::Value::Array(files));
    std::fs::write(&config, table.to_string()).map_err(cannot)?;
    Ok(config)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape `map_err` asks for")]
fn cannot(error: std::io::Error) -> LoadError {
    LoadError::Target(error.to_string())
}
