//! Bugs planted on purpose, to prove that the simulator and the checker catch them.
//!
//! Invariant: without the feature `planted` every [`planted!`] is the literal `false` and nothing of this is compiled.
//! With it a bug is on only for the thread that switched it on. Never part of a released binary.

/// Whether a bug is planted here: `false` unless the feature is on and a test switched it on.
#[cfg(not(feature = "planted"))]
macro_rules! planted {
    ($bug:ident) => {
        false
    };
}

/// Whether a bug is planted here: `false` unless the feature is on and a test switched it on.
#[cfg(feature = "planted")]
macro_rules! planted {
    ($bug:ident) => {
        $crate::planted::is_on($crate::planted::Bug::$bug)
    };
}

pub(crate) use planted;

#[cfg(feature = "planted")]
mod switch {
    use std::cell::Cell;

    macro_rules! bugs {
        ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
            /// The bugs there are.
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub enum Bug {
                $($(#[$doc])* $name),*
            }

            impl Bug {
                /// All of them.
                pub const ALL: &[Self] = &[$(Self::$name),*];
            }
        };
    }

    bugs!(
        /// An order is answered although its commit failed.
        AckBeforeCommit,
        /// An unwinding call ends without its undo.
        SkipUndo,
        /// Steps are undone in the order they were done.
        UndoForward,
        /// Every try has a key of its own.
        FreshKey,
        /// Some notices are never issued.
        LostNotice,
        /// A notice reported twice is delivered twice.
        NoticeTwice,
        /// A call now and then gets the number of the one before.
        IdReused,
        /// A call now and then is counted in its line as the one before.
        OrdinalReused,
        /// A request without an answer keeps its place in the bulkhead.
        PermitLeaked,
        /// An offer is over before its deadline.
        StaleTimer,
        /// A parked call has no timer and is forgotten by the queue.
        LostTimer,
        /// A row shows another priority.
        WrongRow,
        /// The row of a call is not written with some of its records.
        OldRow,
        /// A worker who gets a call is not known to be busy.
        WrongEvolve,
        /// Keys are not known any more after a reopening.
        KeyForgotten,
        /// A late ok is dropped.
        LateOkIgnored,
        /// A dispatcher may give a busy worker another call.
        DoubleAssignment,
        /// Parked calls leave newest first.
        ParkedReversed,
        /// A breaker opens one failure too early.
        BreakerOpensEarly,
        /// An open breaker lets requests out.
        BreakerLeaks,
        /// A cancel is acknowledged and nothing is canceled.
        CancelForgotten,
        /// A canceled call goes on asking a worker.
        CancelKeepsOffer,
        /// A snapshot leaves out a chunk that changed.
        SnapshotMissesChunk,
        /// A refused undo is told to nobody.
        SilentCall,
        /// A call is completed although a gate before completion has not passed.
        UnpaidCompleted,
        /// A refusal changes the world.
        DirtyRefusal,
        /// A charge of which nobody knows is tried again under another key.
        ChargedAgain,
        /// A refund is promised and never asked for.
        RefundLost,
        /// Goods whose way back was asked for twice come back twice.
        ReturnedTwice,
        /// The second claim of a call wins.
        ClaimOverwritten,
        /// A coupon stays with its member when it was used.
        CouponKept,
        /// A worker is reserved for two appointments at one time.
        ReservationOverlaps,
        /// A broadcast that is over is taken once more.
        BroadcastTakenTwice,
        /// Those who are told all at once are told nothing.
        WorkersNotTold,
        /// A call is rated again and again.
        RatedTwice,
        /// An ended call is recalled without what was given back since its end.
        StaleRecall,
        /// Calls that are looked at together are looked at before their tick.
        RoundTooEarly,
        /// Those whose turn is last have it first.
        TurnsReversed,
        /// Who has got a call in a round may get another in it.
        TakenForgotten,
        /// Some calls of a round get nobody, whoever is free.
        CallPassedOver,
    );

    thread_local! {
        static ON: Cell<Option<Bug>> = const { Cell::new(None) };
    }

    /// Plants this bug for this thread, or none.
    pub fn plant(bug: Option<Bug>) {
        ON.set(bug);
    }

    /// Whether this bug is planted on this thread.
    #[must_use]
    pub fn is_on(bug: Bug) -> bool {
        ON.get() == Some(bug)
    }
}

#[cfg(feature = "planted")]
pub use switch::{Bug, is_on, plant};
