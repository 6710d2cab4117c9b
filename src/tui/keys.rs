//! The keys: what each does, when it does so, and what it is called. One table, for the keyboard, the bar at the bottom,
//! the palette and the documentation.
//!
//! Invariant: a key that is bound nowhere does nothing. No two actions that are possible at once share a key; a test
//! goes through all of them. With a Korean input method on, the key that is pressed counts, not the letter it gives.

use super::hangul;
use super::words::Label;
use crokey::KeyCombination;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::collections::BTreeMap;

/// When an action is possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// Always.
    Always,
    /// Something is listed.
    List,
    /// A live call is chosen, now and not in the past.
    Call,
    /// A call is chosen, live or ended, now or then.
    AnyCall,
    /// A call is chosen, live or ended, in whatever moment.
    SeenCall,
    /// An attention item is chosen.
    Attention,
    /// The page of workers is shown, now and not in the past.
    Workers,
    /// A worker is chosen there.
    Worker,
    /// A participant is chosen on the page of services.
    Participant,
    /// It has a breaker.
    Breaker,
    /// A message is chosen.
    Message,
    /// The page of goods is shown, now and not in the past.
    Stock,
    /// A product is chosen there.
    Product,
    /// The page of members is shown, now and not in the past.
    Members,
    /// A member is chosen there.
    Member,
    /// Something can still be taken back.
    Pending,
    /// The present is shown.
    Now,
    /// The past is shown.
    Past,
}

macro_rules! actions {
    ($($name:ident: $when:ident, [$($key:literal),*], $label:ident $(, $bar:ident)?;)*) => {
        /// Something a key does.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Action { $($name),* }

        /// Every action with its keys, in the order of the bar and the palette.
        pub(crate) const TABLE: &[Binding] = &[$(Binding {
            action: Action::$name,
            name: stringify!($name),
            when: When::$when,
            keys: &[$($key),*],
            label: Label::$label,
            bar: actions!(@bar $($bar)?),
        }),*];
    };
    (@bar bar) => { true };
    (@bar) => { false };
}

/// A line of the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Binding {
    /// What it does.
    pub action: Action,
    /// The same as a name.
    pub name: &'static str,
    /// When it is possible.
    pub when: When,
    /// The keys it has when nobody says otherwise.
    pub keys: &'static [&'static str],
    /// What it is called.
    pub label: Label,
    /// Whether the bar at the bottom shows it.
    pub bar: bool,
}

impl Binding {
    /// The name of the action in the configuration: `new_call`.
    pub(crate) fn key_name(&self) -> String {
        let mut out = String::new();
        for (at, c) in self.name.char_indices() {
            if c.is_ascii_uppercase() && at > 0 {
                out.push('_');
            }
            out.push(c.to_ascii_lowercase());
        }
        out
    }
}

actions! {
    // Moving.
    Down: List, ["j", "down"], DoDown;
    Up: List, ["k", "up"], DoUp;
    PageDown: List, ["ctrl-d", "pagedown"], DoPageDown;
    PageUp: List, ["ctrl-u", "pageup"], DoPageUp;
    Top: List, ["g", "home"], DoTop;
    Bottom: List, ["shift-g", "end"], DoBottom;
    Left: Always, ["h", "left"], DoLeft;
    Right: Always, ["l", "right"], DoRight;
    NextPane: Always, ["tab"], DoNextPane;
    PreviousPane: Always, ["backtab"], DoPreviousPane;
    Open: List, ["enter"], DoOpen, bar;
    Back: Always, ["esc"], DoBack;
    // Calls.
    NewCall: Now, ["n"], DoNewCall, bar;
    Assign: Call, ["a"], DoAssign, bar;
    Start: Call, ["s"], DoStart, bar;
    Finish: Call, ["f"], DoFinish, bar;
    Cancel: Call, ["x"], DoCancel, bar;
    Undo: Pending, ["u"], DoUndo, bar;
    Fix: Attention, ["!"], DoFix, bar;
    Arrive: Call, ["v"], DoArrive;
    Depart: Call, ["shift-v"], DoDepart;
    Amend: Call, ["e"], DoAmend;
    Reschedule: Call, ["t"], DoReschedule;
    Priority: Call, ["+"], DoPriority;
    Hold: Call, ["z"], DoHold;
    Release: Call, ["shift-r"], DoRelease;
    Offer: Call, ["o"], DoOffer;
    Claim: Call, ["c"], DoClaim;
    Note: AnyCall, ["i"], DoNote;
    Rate: AnyCall, ["*"], DoRate;
    Settle: Call, ["shift-s"], DoSettle;
    Waive: Call, ["shift-w"], DoWaive;
    Retry: Call, ["shift-t"], DoRetry;
    Refund: AnyCall, ["shift-f"], DoRefund;
    Abort: Call, ["shift-x"], DoAbort;
    Reopen: AnyCall, ["shift-o"], DoReopen;
    Why: SeenCall, ["w"], DoWhy, bar;
    Mark: List, ["space"], DoMark;
    MarkAll: List, ["shift-a"], DoMarkAll;
    Take: Attention, ["m"], DoTake;
    Done: Attention, ["d"], DoDone;
    // Workers.
    WorkerAdd: Workers, ["shift-n"], DoWorkerAdd, bar;
    WorkerOn: Worker, ["s"], DoWorkerOn, bar;
    WorkerOff: Worker, ["x"], DoWorkerOff, bar;
    WorkerBreak: Worker, ["b"], DoWorkerBreak, bar;
    WorkerMove: Worker, ["shift-m"], DoWorkerMove;
    // Services.
    Stop: Participant, ["x"], DoStop, bar;
    Run: Participant, ["s"], DoRun, bar;
    Slow: Participant, ["z"], DoSlow;
    Fail: Participant, ["f"], DoFail;
    BreakerOpen: Breaker, ["o"], DoBreakerOpen, bar;
    BreakerClose: Breaker, ["c"], DoBreakerClose, bar;
    BreakerDisable: Breaker, ["d"], DoBreakerDisable;
    BreakerAuto: Breaker, ["a"], DoBreakerAuto;
    // Messages and goods.
    Resend: Message, ["r"], DoResend, bar;
    Receive: Stock, ["+"], DoReceive, bar;
    WriteOff: Product, ["-"], DoWriteOff, bar;
    MemberAdd: Members, ["shift-n"], DoMemberAdd, bar;
    MemberAmend: Member, ["e"], DoMemberAmend, bar;
    // Pages.
    PageBoard: Always, ["1"], DoBoard;
    PageWorkers: Always, ["2"], DoWorkers;
    PageServices: Always, ["3"], DoServices;
    PageMessages: Always, ["4"], DoMessages;
    PageJournal: Always, ["5"], DoJournal;
    PageProfiles: Always, ["6"], DoProfiles;
    PageStock: Always, ["7"], DoStock;
    PageMembers: Always, ["8"], DoMembers;
    // Looking.
    Filter: List, ["/"], DoFilter, bar;
    Sort: List, ["shift-c"], DoSort;
    Command: Always, [":"], DoCommand, bar;
    Palette: Always, ["?", "f1"], DoPalette, bar;
    Earlier: Always, ["["], DoEarlier, bar;
    Later: Past, ["]"], DoLater, bar;
    GoTo: Always, ["@"], DoGoTo;
    Reveal: Now, ["p"], DoReveal;
    Copy: List, ["shift-y"], DoCopy;
    Language: Always, ["shift-l"], DoLanguage;
    Mouse: Always, ["ctrl-t"], DoMouse;
    Quit: Always, ["q", "ctrl-c"], DoQuit, bar;
    Suspend: Always, ["ctrl-z"], DoSuspend;
}

/// Which key does what.
#[derive(Debug, Clone)]
pub(crate) struct Keymap(BTreeMap<Action, Vec<KeyCombination>>);

impl Default for Keymap {
    fn default() -> Self {
        let keys = |binding: &Binding| {
            let keys = binding.keys.iter().filter_map(|key| crokey::parse(key).ok());
            (binding.action, keys.map(KeyCombination::normalized).collect())
        };
        Self(TABLE.iter().map(keys).collect())
    }
}

/// Why a key cannot be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BadKey {
    /// There is no such action.
    NoSuchAction(String),
    /// There is no such key.
    NoSuchKey {
        /// The action.
        action: String,
        /// What was written.
        key: String,
    },
    /// Two actions that are possible at once would have the key.
    Taken {
        /// The key.
        key: String,
        /// The one action.
        one: String,
        /// The other.
        other: String,
    },
}

impl Keymap {
    /// The usual keys, with those that somebody chose in their place.
    ///
    /// # Errors
    /// The first one that makes no sense.
    pub(crate) fn with(chosen: &BTreeMap<String, String>) -> Result<Self, BadKey> {
        let mut map = Self::default();
        for (name, key) in chosen {
            let binding = TABLE.iter().find(|binding| binding.key_name() == *name);
            let binding = binding.ok_or_else(|| BadKey::NoSuchAction(name.clone()))?;
            let bad = |_| BadKey::NoSuchKey { action: name.clone(), key: key.clone() };
            let key = crokey::parse(key).map_err(bad)?.normalized();
            map.0.insert(binding.action, vec![key]);
        }
        map.sound()?;
        Ok(map)
    }

    /// The actions whose key somebody chose, by name, with it.
    pub(crate) fn chosen(&self) -> impl Iterator<Item = (String, String)> {
        let usual = Self::default();
        let chosen =
            move |binding: &&Binding| self.keys(binding.action) != usual.keys(binding.action);
        TABLE.iter().filter(chosen).map(|b| (b.key_name(), self.shown(b.action)))
    }

    fn sound(&self) -> Result<(), BadKey> {
        for (at, one) in TABLE.iter().enumerate() {
            for other in TABLE.iter().skip(at + 1).filter(|other| together(one.when, other.when)) {
                let both =
                    self.keys(one.action).iter().find(|k| self.keys(other.action).contains(k));
                if let Some(key) = both {
                    let (one, other) = (one.key_name(), other.key_name());
                    return Err(BadKey::Taken { key: shown(*key), one, other });
                }
            }
        }
        Ok(())
    }

    fn keys(&self, action: Action) -> &[KeyCombination] {
        self.0.get(&action).map_or(&[], Vec::as_slice)
    }

    /// What a key does, when `stands` says what is possible.
    pub(crate) fn action(&self, key: KeyEvent, stands: impl Fn(When) -> bool) -> Option<Action> {
        let pressed = meant(key);
        let does = |binding: &&Binding| {
            self.keys(binding.action).contains(&pressed) && stands(binding.when)
        };
        TABLE.iter().find(does).map(|binding| binding.action)
    }

    /// The first key of an action, as it is shown; empty: it has none.
    pub(crate) fn shown(&self, action: Action) -> String {
        self.keys(action).first().map(|key| shown(*key)).unwrap_or_default()
    }
}

/// The key that was meant, whatever input method is on.
fn meant(mut key: KeyEvent) -> KeyCombination {
    if let KeyCode::Char(c) = key.code {
        let latin = hangul::key(c);
        if latin != c && latin.is_ascii_uppercase() {
            key.modifiers |= KeyModifiers::SHIFT;
        }
        key.code = KeyCode::Char(latin);
        // A sign is what it is, whatever had to be held down for it.
        if !latin.is_ascii_alphabetic() {
            key.modifiers -= KeyModifiers::SHIFT;
        }
    }
    KeyCombination::from(key).normalized()
}

/// A key as people write it.
fn shown(key: KeyCombination) -> String {
    let text = key.to_string().to_lowercase();
    if text == "hyphen" {
        return "-".to_owned();
    }
    match text.strip_prefix("shift-") {
        Some(letter) if letter.chars().count() == 1 => letter.to_uppercase(),
        _ => text,
    }
}

/// Whether both may hold at once.
fn together(one: When, other: When) -> bool {
    use When::{
        AnyCall, Attention, Breaker, Call, Member, Members, Message, Now, Participant, Past,
        Product, SeenCall, Stock, Worker, Workers,
    };
    let chosen = |when| match when {
        // A message, or an item about a call, is that call, too.
        Call | AnyCall | SeenCall | Message | Attention => Some(1),
        Workers | Worker => Some(2),
        Participant | Breaker => Some(3),
        Stock | Product => Some(5),
        Members | Member => Some(6),
        _ => None,
    };
    match (one, other) {
        (Now | Call, Past) | (Past, Now | Call) => false,
        (one, other) => match (chosen(one), chosen(other)) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(c: char) -> KeyEvent {
        KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)
    }

    #[test]
    fn every_key_of_the_table_is_a_key_and_none_has_two_meanings_at_once() {
        for binding in TABLE {
            for key in binding.keys {
                assert!(crokey::parse(key).is_ok(), "{key}");
            }
        }
        assert_eq!(Keymap::default().sound(), Ok(()));
    }

    /// When an action is possible, on the page of keys.
    fn words(when: When) -> &'static str {
        match when {
            When::Always => "always",
            When::List => "in a list",
            When::Call => "a live call is chosen",
            When::AnyCall => "a call is chosen, live or ended",
            When::SeenCall => "a call is chosen, now or then",
            When::Attention => "an attention item is chosen",
            When::Workers => "the page of workers",
            When::Worker => "a worker is chosen",
            When::Participant => "a participant is chosen",
            When::Breaker => "a participant with a breaker is chosen",
            When::Stock => "the page of goods",
            When::Members => "the page of members",
            When::Member => "a member is chosen",
            When::Message => "a message is chosen",
            When::Product => "a product is chosen",
            When::Pending => "something can still be taken back",
            When::Now => "the present is shown",
            When::Past => "the past is shown",
        }
    }

    /// Written anew with `ASCALL_BLESS=1 cargo test`.
    #[test]
    fn the_page_of_keys_is_what_the_table_says() {
        use ascall_engine::domain::profile::Lang;

        let mut text = String::from(
            "<!-- Made from the table of keys by a test; ASCALL_BLESS=1 cargo test writes it anew. -->\n\n\
             # The console's keys\n\n\
             `?` lists what can be done now, searches it, and does it. Each key that changes something has a line of the\n\
             command line, which is shown beside what it did; `Y` copies it. What cannot be taken back is shown before it\n\
             happens and done with Enter; a cancel can be taken back for five seconds after that.\n\n\
             A key is changed in the configuration, by the name of its action: `[console.keys]`, `cancel = \"ctrl-x\"`. It\n\
             then has this key alone. A key that two actions would have at once is refused when the file is read. With a\n\
             Korean input method on, the key that is pressed counts, not the letter it gives.\n\n\
             A click chooses, the wheel moves, and a click on the head of a list puts it in order. While the terminal has the\n\
             mouse (`ctrl-t`), it marks text with it as everywhere else.\n\n\
             | action | keys | what | when |\n| --- | --- | --- | --- |\n",
        );
        let map = Keymap::default();
        text.extend(TABLE.iter().map(|binding| {
            let keys: Vec<String> =
                map.keys(binding.action).iter().map(|key| format!("`{}`", shown(*key))).collect();
            let (ko, en) = (binding.label.text(Lang::Ko), binding.label.text(Lang::En));
            let (name, when) = (binding.key_name(), words(binding.when));
            format!("| `{name}` | {} | {en} ({ko}) | {when} |\n", keys.join(" "))
        }));
        crate::front::exit::tests::page("console.md", &text);
    }

    #[test]
    fn a_key_is_found_with_the_korean_input_method_on() {
        let map = Keymap::default();
        assert_eq!(map.action(key('ㅓ'), |_| true), Some(Action::Down));
        assert_eq!(map.action(key('ㅏ'), |_| true), Some(Action::Up));
        let shifted = KeyEvent::new(KeyCode::Char('ㅆ'), KeyModifiers::NONE);
        assert_eq!(map.action(shifted, |_| true), Some(Action::Retry));
        let upper = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT);
        assert_eq!(map.action(upper, |_| true), Some(Action::Bottom));
    }

    #[test]
    fn a_chosen_key_takes_the_place_of_the_usual_one_and_a_conflict_is_named() {
        let chosen = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter().map(|(a, k)| ((*a).to_owned(), (*k).to_owned()));
            Keymap::with(&pairs.collect())
        };
        let map = chosen(&[("new_call", "ctrl-n")]).unwrap();
        assert_eq!(map.shown(Action::NewCall), "ctrl-n");
        assert_eq!(map.action(key('n'), |_| true), None);
        let taken = chosen(&[("new_call", "x")]).unwrap_err();
        assert!(matches!(taken, BadKey::Taken { .. }), "{taken:?}");
        assert_eq!(
            chosen(&[("new_cal", "x")]).unwrap_err(),
            BadKey::NoSuchAction("new_cal".to_owned())
        );
        assert!(matches!(chosen(&[("quit", "hyper-ß")]), Err(BadKey::NoSuchKey { .. })));
    }
}
