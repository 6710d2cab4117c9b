//! The console without a screen: printed once, and as lines.

use crate::sealed::Sealed;
use crate::terminal::Console;
use unicode_width::UnicodeWidthStr as _;

fn desk() -> Sealed {
    let desk = Sealed::new();
    desk.worker("김하나", 101, "37.5663,126.9779", "TV");
    desk.request(1, &["--kind", "TV", "--location", "서울 마포구 공덕동"]);
    desk
}

#[test]
fn a_snapshot_has_at_most_the_columns_asked_for() {
    let desk = desk();
    for (columns, rows) in [(40, 12), (80, 24), (120, 40), (1, 1)] {
        for lang in ["ko", "en"] {
            let size = format!("{columns}x{rows}");
            let text = desk.ok(&["tui", "--snapshot", "txt", "--size", &size, "--lang", lang]);
            assert_eq!(text.lines().count(), rows, "{size}\n{text}");
            for line in text.lines() {
                assert!(line.width() <= columns, "{size}: {} columns: {line}", line.width());
            }
        }
    }
}

#[test]
fn a_desk_that_is_not_there_yet_is_an_empty_console_and_is_not_made() {
    let desk = Sealed::new();
    let text = desk.ok(&["tui", "--snapshot", "txt", "--size", "80x24", "--lang", "en"]);
    assert!(text.contains("no live calls"), "{text}");
    assert!(!desk.store().exists());
}

#[test]
fn a_snapshot_shows_any_page_any_moment_and_any_colours() {
    let desk = desk();
    let text = desk.ok(&["tui", "--snapshot", "txt", "--lang", "en"]);
    assert!(text.contains("C-1") && text.contains("assigned"), "{text}");
    let page = desk.ok(&["tui", "--snapshot", "txt", "--lang", "en", "--page", "C-1"]);
    assert!(page.contains("C-1") && page.contains("timeline"), "{page}");
    let then = desk.ok(&["tui", "--snapshot", "txt", "--lang", "en", "--at", "0s"]);
    assert!(then.lines().count() == 40, "{then}");
    let ansi = desk.ok(&["tui", "--snapshot", "ansi", "--lang", "en"]);
    assert!(ansi.contains("\u{1b}[") && ansi.contains("C-1"), "{ansi}");
    let plain = desk.ok(&["tui", "--snapshot", "ansi", "--theme", "none", "--lang", "en"]);
    assert!(!plain.contains("38;2;"), "{plain}");
    for (theme, paper) in [("dark", "#1e2127"), ("light", "#fafafa")] {
        let picture = desk.ok(&["tui", "--snapshot", "svg", "--theme", theme, "--lang", "ko"]);
        assert!(picture.starts_with("<svg ") && picture.contains(paper), "{picture}");
        assert!(picture.contains("textLength"), "{picture}");
        assert!(!picture.contains("010-0000-0001"), "{picture}");
    }
    let told = desk.fails(2, &["tui", "--page", "nowhere"]);
    assert!(told.contains("hint: "), "{told}");
}

#[test]
fn without_a_screen_each_change_is_a_line_and_what_is_typed_is_done() {
    let desk = desk();
    let mut console = Console::start(desk.command(&["tui", "--plain", "--lang", "en"]), 160, 40);
    console.shows("1 live calls");
    console.press("start C-1\n");
    console.shows("in service  W-1");
    console.press("note 'open\n");
    console.shows("a quote is open");
    console.press("quit\n");
    assert_eq!(console.ends(), Some(0));
    let contents = console.contents();
    assert!(!contents.contains('\u{1b}'), "{contents}");
    assert!(!contents.contains("010-0000-0001"), "{contents}");
    console.is_given_back();
    desk.verified();
}
