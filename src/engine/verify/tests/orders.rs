//! What people ask of the desk on a random day.
//!
//! Invariant: nobody knows what the desk will say to it.

use super::day::{ALL, Day, HERE, card};
use super::*;
use crate::domain::command::{Amendment, Command, Current, NewCall};
use crate::domain::event::{FailKind, Mode, SettledBy};
use crate::domain::ids::{MemberId, Won};
use crate::domain::testing::{request, seoul};

impl Day {
    pub(super) fn step(&mut self) {
        let calls: Vec<CallId> = self.world.calls().map(|c| c.id).collect();
        let workers: Vec<WorkerId> = self.world.workers().map(|w| w.id).collect();
        let offers = self.questions();
        // What was refused for good is closed by its remedy, not by hand: nothing else keeps its call.
        let by_remedy = [Concern::Misconfigured];
        let attention = self.world.attention().filter(|a| !by_remedy.contains(&a.concern));
        let attention: Vec<AttentionId> = attention.map(|a| a.id).collect();
        let roll = self.dice.roll(100);
        let some_call = self.dice.one(&calls);
        let some_worker = self.dice.one(&workers);
        let force = self.dice.roll(3) == 0;
        let command = match (roll, some_call, some_worker) {
            (0..20, ..) => Some(self.request()),
            (20..26, Some(call), _) => Some(Command::CancelCall { call, force }),
            (26..30, Some(call), Some(worker)) => Some(Command::AssignCall { call, worker, force }),
            (30..33, Some(call), Some(worker)) => {
                Some(Command::ReassignCall { call, worker, force })
            }
            (33..35, Some(call), _) => Some(Command::Arrive { call }),
            (35..42, Some(call), _) => Some(Command::StartWork { call }),
            (42..50, Some(call), _) => {
                let fare = (self.dice.roll(3) > 0).then_some(Won(30_000));
                Some(Command::FinishWork { call, outcome: WorkOutcome::Done, fare })
            }
            (50..52, Some(call), _) => Some(Command::AbortWork { call }),
            (52..54, Some(call), _) => {
                let change = Amendment { cost: Some(Won(9_000)), ..Amendment::default() };
                Some(Command::AmendCall { call, change })
            }
            (54..56, Some(call), _) => Some(Command::SetPriority { call, priority: 3 }),
            (56..58, Some(call), _) => {
                Some(Command::HoldCall { call, until: self.now.plus(Millis::secs(40)) })
            }
            (58..60, Some(call), _) => Some(Command::ReleaseCall { call, no_show: false }),
            (60..62, Some(call), _) => Some(Command::SettleCall { call, by: SettledBy::Cash }),
            (62..64, Some(call), _) => {
                let step =
                    self.dice.one(&["manage", "stock", "payment", "price"]).unwrap_or("stock");
                Some(Command::WaiveStep { call, step: step.to_owned() })
            }
            (64..66, Some(call), _) => Some(Command::RetryCall { call }),
            (66..72, ..) => self.dice.one(&offers).map(|(offer, worker)| {
                if force {
                    Command::DeclineOffer { offer, worker }
                } else {
                    Command::AcceptOffer { offer, worker }
                }
            }),
            (72..77, _, Some(worker)) => {
                let duty = self.dice.one(&[Duty::On, Duty::On, Duty::Off, Duty::Break]);
                let current = self.dice.one(&[Current::Keep, Current::Finish, Current::Abort]);
                duty.zip(current).map(|(duty, current)| Command::SetDuty { worker, duty, current })
            }
            (77..83, ..) => Some(self.mode()),
            (83..85, ..) => Some(self.breaker()),
            (85..87, ..) => self.dice.one(&attention).map(|attention| {
                if force {
                    Command::CloseAttention { attention }
                } else {
                    Command::TakeAttention { attention }
                }
            }),
            (87, ..) => Some(Command::StepClock { by_ms: 90_000 }),
            (88..96, ..) => self.later(some_call, some_worker),
            (96, ..) => self.resend(),
            _ => None,
        };
        if let Some(command) = command {
            self.order(command);
        } else {
            let span = self.dice.one(&[50, 700, 5_000, 30_000, 120_000, 300_000]).unwrap_or(50);
            self.pass(Millis(span));
        }
    }

    /// Something that was sent before is to be sent again.
    fn resend(&mut self) -> Option<Command> {
        let events = self.journal.iter().flat_map(|record| &record.events);
        let sent = events.filter_map(|event| match event {
            Event::NoticeIssued { notice, worker } if notice.transport != Transport::Inbox => {
                Some((*notice, *worker))
            }
            _ => None,
        });
        let sent: Vec<(NoticeKey, Option<WorkerId>)> = sent.collect();
        let (notice, worker) = self.dice.one(&sent)?;
        Some(Command::ResendNotice { notice, worker })
    }

    /// The questions that are out, each with one who is asked.
    fn questions(&mut self) -> Vec<(OfferId, Option<WorkerId>)> {
        let mut open = Vec::new();
        for call in self.world.calls() {
            open.extend(call.offer.map(|offer| (offer.id, None)));
            if let Some(broadcast) = call.live_broadcast() {
                let asked: Vec<WorkerId> = broadcast.asked.iter().copied().collect();
                open.push((broadcast.id, self.dice.one(&asked)));
            }
        }
        open
    }

    /// A request for one of the lines, with what that line wants to know, and now and then with an appointment.
    fn request(&mut self) -> Command {
        let lines = ["full", "full", "taxi", "plain", "lesson", "ride", "order"];
        let line = self.dice.one(&lines).unwrap_or("full");
        let profile = if self.rounds && line == "full" { "pool" } else { line };
        let tel = self.dice.roll(500);
        let at = self.dice.one(&[-3, -1, 2, 5]).map(|north| seoul(north, 1));
        let Command::RequestCall(mut new) = request(profile, tel, at) else { return Command::Tick };
        new.contact.reachable = self.dice.roll(5) > 0;
        new.priority = u8::try_from(self.dice.roll(4)).unwrap_or(1);
        match profile {
            "lesson" => {
                new.cost = Some(Won(30_000));
                let number = format!("s-{}", self.journal.len());
                new.fields.insert("reference".to_owned(), number);
            }
            "ride" => new.member = Some(MemberId(1 + self.dice.roll(3))),
            "order" => {
                let qty = (1 + self.dice.roll(9)).to_string();
                new.fields.insert("product".to_owned(), "mask".to_owned());
                new.fields.insert("qty".to_owned(), qty);
            }
            _ => {}
        }
        let appointed = matches!(profile, "lesson" | "ride" | "plain") && self.dice.roll(3) == 0;
        new.visit = appointed.then(|| self.soon());
        Command::RequestCall(NewCall { ..new })
    }

    /// A time for an appointment.
    fn soon(&mut self) -> Time {
        self.now.plus(Millis::mins(1 + self.dice.roll(60)))
    }

    /// What came after the first lines: claims, appointments, members, goods, and whatever follows the end of a call.
    fn later(&mut self, call: Option<CallId>, worker: Option<WorkerId>) -> Option<Command> {
        let last = self.journal.iter().flat_map(|r| &r.events);
        let last = last.filter(|e| matches!(e, Event::CallReceived { .. })).count() as u64;
        let any = CallId(1 + self.dice.roll(last.max(1)));
        let pair = call.zip(worker);
        let (member, tel) = (MemberId(1 + self.dice.roll(3)), 1 + self.dice.roll(6));
        let mask = || "mask".to_owned();
        match self.dice.roll(18) {
            0..4 => {
                let at = (self.dice.roll(2) == 0).then(|| self.soon());
                pair.map(|(call, worker)| Command::ClaimCall { call, worker, at })
            }
            4 => {
                let at = self.soon();
                call.map(|call| Command::Reschedule { call, at })
            }
            5 => call.map(|call| Command::Depart { call }),
            6..8 => Some(Command::RefundCall { call: any, won: None }),
            8..10 => {
                let won = Some(Won(1 + self.dice.roll(9_000).cast_signed()));
                Some(Command::RefundCall { call: any, won })
            }
            10..12 => {
                let stars = u8::try_from(self.dice.roll(7)).unwrap_or(5);
                Some(Command::RateCall { call: any, stars, text: None })
            }
            12 => {
                let code = self.dice.one(&["learned", "late", "eaten"]).unwrap_or("late");
                Some(Command::SetDisposition { call: any, code: code.to_owned() })
            }
            13 => Some(Command::RetryCall { call: any }),
            14 => Some(Command::WaiveStep { call: any, step: "refund-1".to_owned() }),
            15 => Some(Command::AmendMember { member, change: card(tel) }),
            16 => Some(Command::ReceiveStock { product: mask(), qty: 10 }),
            _ => Some(Command::WriteOffStock { product: mask(), qty: 3 }),
        }
    }

    fn mode(&mut self) -> Command {
        let mode = match self.dice.roll(7) {
            0 => Mode::Stopped,
            1 => Mode::Slow { fixed: Millis(200), random: Millis(700) },
            2 => Mode::Failing(FailKind::Denied),
            3 => Mode::Failing(FailKind::Unavailable),
            4 => Mode::Failing(FailKind::Lost),
            _ => Mode::Running,
        };
        let name = self.dice.one(&HERE).unwrap_or("manage");
        Command::SetMode { name: name.to_owned(), mode }
    }

    fn breaker(&mut self) -> Command {
        use crate::domain::breaker::Order as To;
        let to = match self.dice.roll(4) {
            0 => To::Open { reason: "works".to_owned() },
            1 => To::Close,
            2 => To::Disable,
            _ => To::Auto,
        };
        let name = self.dice.one(&ALL).unwrap_or("manage");
        Command::ForceBreaker { name: name.to_owned(), to }
    }
}
