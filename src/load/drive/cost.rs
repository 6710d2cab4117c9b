//! What a process has cost of a processor so far.
//!
//! Invariant: none where the system does not say; nothing is guessed. Source: `proc_pid_stat(5)`,
//! <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>: fields 14 and 15, in ticks, of which Linux gives programs
//! a hundred per second.

use std::time::Duration;

/// A tick.
const TICK: Duration = Duration::from_millis(10);

/// What a process has cost, all its threads together.
pub(super) fn of(pid: u32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name of the program may hold anything, and ends at the last bracket.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some(TICK * user.saturating_add(system))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_works_costs_something_and_one_that_is_not_there_nothing() {
        let own = std::process::id();
        if !std::path::Path::new("/proc/self/stat").exists() {
            return;
        }
        let before = of(own).unwrap();
        let mut sum = 0_u64;
        while of(own).unwrap() == before {
            sum = (0..100_000).fold(sum, |sum: u64, n| sum.wrapping_add(n * n));
        }
        assert!(of(own).unwrap() > before, "{sum}");
        assert_eq!(of(u32::MAX), None);
    }
}
