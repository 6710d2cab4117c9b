//! The outbox: hands due notices to their transport, in order per call and recipient, and brings back what became of it.
//!
//! Invariant: at most one try of a notice is out at a time; a notice is tried again under the same key. A failing
//! transport never holds up a command.

use super::Message;
use crate::domain::command::Delivery;
use crate::domain::event::NoticeKey;
use crate::domain::ids::Time;
use crate::domain::world::World;
use crate::views::Store;
use crate::views::letter::{self, Face};
use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// How many notices are out at once.
const OUT_MAX: usize = 16;

/// How long the program may take for one notice.
const DEADLINE: Duration = Duration::from_secs(10);

pub(super) struct Outbox {
    argv: Option<Vec<String>>,
    face: Face,
    /// Those that are out, with the number of the try.
    out: BTreeMap<NoticeKey, u32>,
}

impl Outbox {
    pub(super) fn new(argv: Option<Vec<String>>, face: Face) -> Self {
        Self { argv, face, out: BTreeMap::new() }
    }

    /// When the next notice may go out; none: nothing waits, or as many are out as may be.
    pub(super) fn next_due(&self, world: &World) -> Option<Time> {
        if self.out.len() >= OUT_MAX {
            return None;
        }
        world
            .notices_due(Time(i64::MAX))
            .find(|(_, key)| !self.out.contains_key(key))
            .map(|(at, _)| at)
    }

    pub(super) fn came_back(&mut self, deliveries: &[Delivery]) {
        for delivery in deliveries {
            self.out.remove(&delivery.notice);
        }
    }

    /// Whether any is out.
    pub(super) fn is_out(&self) -> bool {
        !self.out.is_empty()
    }

    /// Gives up on those that are out: as good as a failed try, because the program ends with its host.
    pub(super) fn give_up(&mut self) -> Vec<Delivery> {
        let out = std::mem::take(&mut self.out).into_iter();
        out.map(|(notice, attempt)| Delivery { notice, attempt, ok: false }).collect()
    }

    pub(super) fn send_due(
        &mut self,
        world: &World,
        now: Time,
        store: &Store,
        runtime: &tokio::runtime::Handle,
        own: &mpsc::Sender<Message>,
    ) {
        let due: Vec<NoticeKey> = world
            .notices_due(now)
            .map(|(_, key)| key)
            .filter(|key| !self.out.contains_key(key))
            .take(OUT_MAX.saturating_sub(self.out.len()))
            .collect();
        for notice in due {
            let Some(tries) = world.notice_tries(&notice) else { continue };
            let attempt = tries + 1;
            self.out.insert(notice, attempt);
            let letter = letter::of_notice(world, store, self.face, &notice);
            let (argv, own) = (self.argv.clone(), own.clone());
            runtime.spawn(async move {
                let ok = match (argv, letter) {
                    (Some(argv), Some(letter)) => hand_over(&argv, &letter.to_json(&notice)).await,
                    _ => false,
                };
                // A desk that has closed tries again when it opens.
                drop(own.send(Message::Deliveries(vec![Delivery { notice, attempt, ok }])));
            });
        }
    }
}

/// Runs the program with the notice on its standard input; exit 0 means that it has it.
async fn hand_over(argv: &[String], json: &str) -> bool {
    let Some((program, rest)) = argv.split_first() else { return false };
    let spawned = tokio::process::Command::new(program)
        .args(rest)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    let Ok(mut child) = spawned else { return false };
    let talk = async {
        if let Some(mut stdin) = child.stdin.take() {
            // A program that does not read may still be content.
            drop(stdin.write_all(json.as_bytes()).await);
        }
        child.wait().await.is_ok_and(|status| status.success())
    };
    tokio::time::timeout(DEADLINE, talk).await.unwrap_or(false)
}
