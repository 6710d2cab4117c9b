//! Programs that run beside the desk: a bank, a management system. They can be killed and started again.
//!
//! Invariant: a program started again listens where it did before, so that nobody has to be told; none outlives its test.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A program beside the desk, running or killed.
pub struct Beside {
    program: String,
    env: BTreeMap<String, String>,
    url: String,
    child: Child,
}

/// Whether the programs can be run at all.
pub fn python_is_there() -> bool {
    Command::new("python3").arg("--version").output().is_ok_and(|ran| ran.status.success())
}

/// The one value that `ask` finds in an SQLite file.
pub fn ask(file: &Path, ask: &str) -> Result<String, String> {
    const PROGRAM: &str = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])";
    let ran = Command::new("python3").args(["-c", PROGRAM]).arg(file).arg(ask).output();
    let ran = ran.map_err(|e| e.to_string())?;
    if ran.status.success() {
        return Ok(String::from_utf8_lossy(&ran.stdout).trim().to_owned());
    }
    Err(format!("{ask}: {}", String::from_utf8_lossy(&ran.stderr)))
}

impl Beside {
    /// Starts it on any free port.
    pub fn start(program: &str, env: BTreeMap<String, String>) -> Result<Self, String> {
        let (child, url) = launch(program, &env, "0")?;
        Ok(Self { program: program.to_owned(), env, url, child })
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Kills it, if it runs.
    pub fn kill(&mut self) {
        // One that is dead already is as wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Posts `words` to its `/control`.
    pub fn tell(&self, words: &str) -> Result<(), String> {
        let host = self.url.trim_start_matches("http://").trim_end_matches('/');
        let mut said = String::new();
        let mut talk = || -> std::io::Result<()> {
            let mut line = TcpStream::connect(host)?;
            write!(
                line,
                "POST /control HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{words}",
                words.len()
            )?;
            line.read_to_string(&mut said).map(drop)
        };
        talk().map_err(|e| format!("{host}: {e}"))?;
        if said.starts_with("HTTP/1.1 200 ") { Ok(()) } else { Err(said) }
    }

    /// Starts it again where it was.
    pub fn restart(&mut self) -> Result<(), String> {
        self.kill();
        let port = self.url.rsplit(':').next().unwrap_or_default().trim_end_matches('/');
        let (child, url) = launch(&self.program, &self.env, port)?;
        self.child = child;
        if url == self.url { Ok(()) } else { Err(format!("{url} instead of {}", self.url)) }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Starts the program and reads its URL, the first line it prints.
fn launch(
    program: &str,
    env: &BTreeMap<String, String>,
    port: &str,
) -> Result<(Child, String), String> {
    let mut child = Command::new("python3")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(program))
        .arg(port)
        .envs(env)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| format!("{program}: {e}"))?;
    let mut url = String::new();
    let said = child.stdout.take().map(|out| BufReader::new(out).read_line(&mut url));
    if !matches!(said, Some(Ok(1..))) {
        let _ = child.kill();
        return Err(format!("{program} does not say where it listens"));
    }
    Ok((child, url.trim().to_owned()))
}
