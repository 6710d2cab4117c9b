//! What happens to the console, what it wants to know, and what it has done elsewhere.
//!
//! Invariant: plain values. What the present screen lacks is a [`Want`], derived from the state; what a key causes outside
//! the state is an [`Effect`].

use super::picture::Picture;
use super::state::members::Company;
use super::state::stock::Goods;
use super::typed::{Line, Ran};
use super::words::Label;
use crate::desk::board::Changes;
use crate::front::clock::Clock;
use crate::front::error::UserError;
use crate::front::show::decision::DecisionJson;
use crate::front::show::event::{HappeningJson, RecordJson};
use crate::front::show::letter::LetterJson;
use crate::front::show::member::MemberJson;
use ascall_engine::domain::ids::{CallId, Seq, Time};
use ascall_engine::domain::profile::Lang;
use ascall_engine::domain::tel::Tel;
use crossterm::event::{KeyEvent, MouseEvent};

/// Something that happened.
#[derive(Debug)]
pub(crate) enum Msg {
    /// A key was pressed.
    Key(KeyEvent),
    /// The mouse did something.
    Mouse(MouseEvent),
    /// Text was pasted.
    Paste(String),
    /// The screen has another size now: columns, rows.
    Resize(u16, u16),
    /// Time went by.
    Tick(Clock),
    /// The console is back on the screen.
    Back,
    /// The desk answers: this is how it stands, and whether it is open here.
    Attached { picture: Box<Picture>, host: bool },
    /// Something changed at the desk, or nothing did for a while.
    Changed(Box<Changes>),
    /// How far the journal was read for another moment: from the first to the second of these, and up to the third.
    Underway(Time, [Seq; 3]),
    /// The desk does not answer any more.
    Lost,
    /// The answer to what was wanted.
    Got(Want, Result<Got, UserError>),
    /// A line was carried out.
    Ran(Job, Ran),
    /// That persons are shown was journalled, or not.
    Revealed(Ran),
    /// The desk says something of itself, for whoever looks after it.
    Logged(String),
    /// Whoever shows the console around says what to look at.
    Guided(Label),
}

/// What the present screen lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Want {
    /// The desk at another moment.
    Past(Time),
    /// A call at length, as of its newest record; with `until`, as it was known then.
    Call {
        /// Which.
        call: CallId,
        /// Its newest record.
        seq: Seq,
        /// Only what was known with this record.
        until: Option<Seq>,
        /// Whether persons are shown whole.
        reveal: bool,
        /// The language of the words in it.
        lang: Lang,
    },
    /// Records of the journal.
    Records {
        /// The first.
        from: Seq,
        /// How many.
        count: u64,
        /// The language of the words in them.
        lang: Lang,
    },
    /// Goods, and the newest movements of one of them.
    Stock {
        /// Whose movements.
        product: Option<String>,
        /// The newest record that moved some.
        moved: Seq,
        /// Only what was known with this record.
        until: Option<Seq>,
    },
    /// Whoever is a member under this number.
    Member {
        /// The number.
        tel: Tel,
    },
    /// Members.
    Members {
        /// The newest record that changed what is known of them.
        changed: Seq,
        /// Whether persons are shown whole.
        reveal: bool,
    },
    /// The newest messages to customers and workers.
    Letters {
        /// As of this record.
        seq: Seq,
        /// Only what was known with that record.
        then: bool,
        /// Whether persons are shown whole.
        reveal: bool,
        /// The language of the words in them.
        lang: Lang,
    },
}

impl Want {
    /// Whether it asks for this call.
    pub(crate) fn is_call(&self, wanted: CallId) -> bool {
        matches!(self, Self::Call { call, .. } if *call == wanted)
    }
}

/// An answer to a [`Want`].
#[derive(Debug)]
pub(crate) enum Got {
    /// The desk at another moment; none: it was not there yet.
    Past(Option<Box<Picture>>),
    /// A call at length.
    Call(Box<CallPage>),
    /// Records, oldest first.
    Records(Vec<RecordJson>),
    /// Goods.
    Stock(Box<Goods>),
    /// Who that is, masked; none: nobody.
    Member(Option<Box<MemberJson>>),
    /// Members.
    Members(Box<Company>),
    /// Messages, oldest first.
    Letters(Vec<Told>),
}

/// A message with its way so far.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    /// The message.
    pub letter: LetterJson,
    /// Each try, in words: when, by what, what became of it, the answer.
    pub tries: Vec<String>,
}

/// A call at length, in words.
#[derive(Debug, Clone)]
pub(crate) struct CallPage {
    /// Where it stands, in the words of its service.
    pub phase: String,
    /// What it is: name and value, without what is not known.
    pub facts: Vec<(String, String)>,
    /// Its money, in the same way.
    pub money: Vec<(String, String)>,
    /// What happened, oldest first.
    pub timeline: Vec<HappeningJson>,
    /// Who was chosen and why, oldest first.
    pub decisions: Vec<DecisionJson>,
    /// How all workers stand to it now, while it is open.
    pub stand: Vec<String>,
    /// What was told, oldest first.
    pub told: Vec<Told>,
    /// The records that speak of it, as they are, in lines.
    pub raw: Vec<String>,
    /// When something happened to it, up to now, whatever moment is shown.
    pub moments: Vec<Time>,
}

/// Something to be done outside the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Carries out lines, one after the other.
    Run(Vec<Job>),
    /// Has it journalled that persons are shown whole.
    Reveal,
    /// Puts a text on the clipboard of the terminal.
    Copy(String),
    /// Takes the mouse, or leaves it to the terminal.
    Mouse(bool),
    /// Leaves the screen to the shell until it is brought back.
    Suspend,
    /// Ends the console.
    Quit,
}

/// A line on its way, and what its result is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Job {
    /// The line.
    pub line: Line,
    /// What becomes of the result.
    pub then: Then,
}

/// What becomes of the result of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Then {
    /// It is told in a line at the bottom.
    Tell,
    /// It is shown whole.
    Show,
    /// It is what would happen: shown before the line that is asked about.
    Ask,
    /// It is one of several: the item of the selection, how many there are.
    Bulk {
        /// The item, e.g. `C-12`.
        item: String,
    },
}
