//! A sealed world for the built binary: a fresh folder, an empty environment, a fixed language, nothing shared.

#![allow(dead_code, reason = "each test file uses its own part of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "what fails here fails the test")]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// One store and everything around it.
pub struct Sealed {
    folder: tempfile::TempDir,
    lang: &'static str,
    more: Vec<(String, String)>,
}

/// What a run of the binary came to.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Sealed {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), lang: "ko", more: Vec::new() }
    }

    /// The same world with one more variable.
    pub fn with(&self, name: &str, value: &str) -> Vec<(String, String)> {
        let mut more = self.more.clone();
        more.push((name.to_owned(), value.to_owned()));
        more
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.more.push((name.to_owned(), value.to_owned()));
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn store(&self) -> PathBuf {
        self.path("desk.redb")
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = self.program(env!("CARGO_BIN_EXE_ascall"));
        command.args(args);
        command
    }

    /// Another program in this world.
    pub fn program(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("USER", "kim")
            .env("TZ", "Asia/Seoul")
            .env("LC_ALL", if self.lang == "ko" { "ko_KR.UTF-8" } else { "en_US.UTF-8" })
            .env("ASCALL_STORE", self.store())
            .envs(self.more.iter().map(|(k, v)| (k, v)))
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        ran(&self.command(args).output().unwrap())
    }

    pub fn run_with(&self, args: &[&str], more: &[(String, String)]) -> Ran {
        let mut command = self.command(args);
        command.envs(more.iter().map(|(k, v)| (k, v)));
        ran(&command.output().unwrap())
    }

    pub fn run_fed(&self, args: &[&str], input: &[u8]) -> Ran {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        ran(&child.wait_with_output().unwrap())
    }

    /// Runs what must succeed.
    pub fn ok(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, Some(0), "{args:?}\n{}\n{}", ran.out, ran.err);
        ran.out
    }

    /// Runs what must succeed and reads its JSON.
    pub fn json(&self, args: &[&str]) -> serde_json::Value {
        let mut args = args.to_vec();
        args.extend(["-o", "json"]);
        let out = self.ok(&args);
        serde_json::from_str(&out).unwrap_or_else(|e| panic!("{args:?}: {e}\n{out}"))
    }

    /// Runs what must fail with this code; its words.
    pub fn fails(&self, code: i32, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, Some(code), "{args:?}\n{}\n{}", ran.out, ran.err);
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        ran.err
    }

    /// The phase and worker of a call.
    pub fn stands(&self, call: &str) -> (String, Option<String>) {
        let status = self.json(&["status", call]);
        let phase = status["phase"].as_str().unwrap().to_owned();
        (phase, status["worker"]["id"].as_str().map(str::to_owned))
    }

    /// Takes a call and says its number.
    pub fn request(&self, tel: u32, more: &[&str]) -> String {
        let tel = format!("010-0000-{tel:04}");
        let mut args = vec!["request", "--tel", &tel];
        args.extend(more);
        self.json(&args)["id"].as_str().unwrap().to_owned()
    }

    /// Adds a worker and says the number.
    pub fn worker(&self, name: &str, tel: u32, at: &str, skill: &str) -> String {
        let tel = format!("010-0000-{tel:04}");
        let args = ["worker", "add", "--name", name, "--tel", &tel, "--at", at, "--skill", skill];
        self.json(&args)["id"].as_str().unwrap().to_owned()
    }

    /// The independent checker finds nothing.
    pub fn verified(&self) {
        let ran = self.run(&["verify"]);
        assert_eq!(ran.code, Some(0), "{}\n{}", ran.out, ran.err);
    }
}

fn ran(output: &Output) -> Ran {
    Ran {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
