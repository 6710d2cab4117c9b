//! Colours: what a thing means decides how it looks, in one place.
//!
//! Invariant: a colour never carries a meaning alone; whatever is coloured has a word or a mark, too. Without colours
//! everything is told by bold, dim, underline and reverse.

use ascall_engine::domain::phase::Phase;
use ascall_engine::domain::worker::Availability;
use ratatui::style::{Color, Modifier, Style};

/// Which colours a screen has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Theme {
    /// For a dark background.
    #[default]
    Dark,
    /// For a light one.
    Light,
    /// Sixteen colours, as the terminal sets them.
    Sixteen,
    /// None at all.
    Plain,
}

/// What a thing means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Ordinary text.
    Text,
    /// What matters less.
    Dim,
    /// A heading.
    Head,
    /// The frame of what has the focus.
    Focus,
    /// The frame of what has not.
    Frame,
    /// The row that is chosen, where the focus is.
    Chosen,
    /// The row that is chosen elsewhere.
    ChosenElsewhere,
    /// It goes well.
    Good,
    /// It waits.
    Waiting,
    /// Somebody should look.
    Warn,
    /// Something is wrong.
    Bad,
    /// It is on its way.
    Moving,
    /// A key that may be pressed.
    Key,
    /// The past is shown.
    Past,
}

impl Theme {
    /// The name in the configuration.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Sixteen => "16",
            Self::Plain => "none",
        }
    }

    /// How it looks.
    pub(crate) fn style(self, role: Role) -> Style {
        let style = Style::new();
        let coloured = match self.colour(role) {
            Some(colour) => style.fg(colour),
            None => style,
        };
        match role {
            Role::Head | Role::Bad | Role::Key | Role::Focus | Role::Warn => {
                coloured.add_modifier(Modifier::BOLD)
            }
            Role::Dim | Role::Frame if self == Self::Plain => coloured.add_modifier(Modifier::DIM),
            Role::Chosen => coloured.add_modifier(Modifier::REVERSED),
            Role::ChosenElsewhere => coloured.add_modifier(Modifier::UNDERLINED),
            Role::Past => coloured.add_modifier(Modifier::REVERSED | Modifier::BOLD),
            _ => coloured,
        }
    }

    fn colour(self, role: Role) -> Option<Color> {
        let (dark, light, sixteen) = match role {
            Role::Text | Role::Chosen | Role::ChosenElsewhere => return None,
            Role::Dim => (Color::Rgb(138, 143, 152), Color::Rgb(105, 110, 120), Color::DarkGray),
            Role::Frame => (Color::Rgb(78, 84, 96), Color::Rgb(180, 184, 192), Color::DarkGray),
            Role::Head => (Color::Rgb(220, 223, 228), Color::Rgb(40, 44, 52), Color::White),
            Role::Focus | Role::Key => {
                (Color::Rgb(97, 175, 239), Color::Rgb(1, 100, 180), Color::Cyan)
            }
            Role::Good => (Color::Rgb(152, 195, 121), Color::Rgb(40, 120, 40), Color::Green),
            Role::Waiting => (Color::Rgb(198, 160, 246), Color::Rgb(120, 60, 180), Color::Magenta),
            Role::Warn | Role::Past => {
                (Color::Rgb(229, 192, 123), Color::Rgb(150, 95, 0), Color::Yellow)
            }
            Role::Bad => (Color::Rgb(224, 108, 117), Color::Rgb(190, 30, 45), Color::Red),
            Role::Moving => (Color::Rgb(86, 182, 194), Color::Rgb(0, 110, 125), Color::Blue),
        };
        match self {
            Self::Dark => Some(dark),
            Self::Light => Some(light),
            // White on a light background cannot be read; bold says enough.
            Self::Sixteen => (role != Role::Head).then_some(sixteen),
            Self::Plain => None,
        }
    }
}

/// The mark of a phase, and what it means.
pub(crate) fn phase(phase: Phase) -> (&'static str, Role) {
    match phase {
        Phase::Received | Phase::Gating => ("·", Role::Dim),
        Phase::Parked => ("‖", Role::Warn),
        Phase::Open => ("○", Role::Waiting),
        Phase::Scheduled => ("◷", Role::Text),
        Phase::Assigned => ("▸", Role::Moving),
        Phase::InService => ("●", Role::Good),
        Phase::Closing => ("◐", Role::Text),
        Phase::Unwinding => ("↶", Role::Warn),
        Phase::Completed => ("✓", Role::Good),
        Phase::Canceled | Phase::Unfilled | Phase::Rejected => ("✗", Role::Dim),
    }
}

/// The mark of a worker's availability, and what it means.
pub(crate) fn availability(availability: Availability) -> (&'static str, Role) {
    match availability {
        Availability::Available => ("◆", Role::Good),
        Availability::Offered => ("?", Role::Waiting),
        Availability::Committed => ("▸", Role::Moving),
        Availability::Working => ("●", Role::Text),
        Availability::Break => ("‖", Role::Dim),
        Availability::Off => ("·", Role::Dim),
        Availability::Suspended => ("✗", Role::Warn),
    }
}
