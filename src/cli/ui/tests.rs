//! What is written, in each form, to handles that are kept.
//!
//! Invariant: nothing is printed for real.

use super::*;
use crate::front::look::tests::look;
use ascall_engine::domain::profile::Lang;
use std::cell::RefCell;
use std::io;
use std::rc::Rc;

/// A handle that remembers what was written.
#[derive(Clone, Default)]
pub(crate) struct Kept(Rc<RefCell<Vec<u8>>>);

impl Kept {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).unwrap()
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A handle whose reader went away.
struct Gone;

impl Write for Gone {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::from(io::ErrorKind::BrokenPipe))
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A ui whose two handles are kept.
pub(crate) fn kept(format: Format, lang: Lang) -> (Ui, Kept, Kept) {
    let (out, err) = (Kept::default(), Kept::default());
    let ui = Ui::new(Box::new(out.clone()), Box::new(err.clone()), format, look(lang), None);
    (ui, out, err)
}

#[derive(Serialize)]
struct Sample {
    id: &'static str,
    name: &'static str,
    worker: Option<Inner>,
    skills: Vec<&'static str>,
}

#[derive(Serialize)]
struct Inner {
    id: &'static str,
}

impl Show for Sample {
    fn id(&self) -> String {
        self.id.to_owned()
    }
    const CSV: &'static [&'static str] = &["id", "name", "worker.id", "skills"];
    const HEADS: &'static [Word] = &[Word::Number, Word::Name];
    fn cells(&self, _: &Look) -> Vec<String> {
        vec![self.id.to_owned(), self.name.to_owned()]
    }
}

fn samples() -> Vec<Sample> {
    vec![
        Sample { id: "C-1", name: "냉장고", worker: Some(Inner { id: "W-1" }), skills: vec![] },
        Sample { id: "C-22", name: "a,\"b\"\u{1b}[31m", worker: None, skills: vec!["x", "y"] },
    ]
}

fn shown(format: Format) -> String {
    let (mut ui, out, _) = kept(format, Lang::En);
    ui.many(&samples()).unwrap();
    out.text()
}

#[test]
fn a_table_is_aligned_by_columns_of_the_screen_and_inert() {
    assert_eq!(shown(Format::Table), "id    name\nC-1   냉장고\nC-22  a,\"b\"␛[31m\n");
}

#[test]
fn ids_are_one_per_line() {
    assert_eq!(shown(Format::Id), "C-1\nC-22\n");
}

#[test]
fn csv_has_a_head_and_quotes_what_needs_it() {
    let text = shown(Format::Csv);
    assert!(text.starts_with("id,name,worker_id,skills\nC-1,냉장고,W-1,\n"), "{text}");
    assert!(text.contains("C-22,\"a,\"\"b\"\""), "{text}");
    assert!(text.ends_with(",,x;y\n"), "{text}");
}

#[test]
fn json_is_an_array_and_ndjson_an_object_per_line() {
    let array: Value = serde_json::from_str(&shown(Format::Json)).unwrap();
    assert_eq!(array[0]["worker"]["id"], "W-1");
    let lines = shown(Format::Ndjson);
    assert_eq!(lines.lines().count(), 2);
    for line in lines.lines() {
        assert!(serde_json::from_str::<Value>(line).unwrap().is_object());
    }
}

#[test]
fn an_empty_list_says_so_beside_the_results_only() {
    let (mut ui, out, err) = kept(Format::Table, Lang::Ko);
    ui.many::<Sample>(&[]).unwrap();
    assert_eq!((out.text().as_str(), err.text().as_str()), ("", "(없음)\n"));
    let (mut ui, out, _) = kept(Format::Json, Lang::Ko);
    ui.many::<Sample>(&[]).unwrap();
    assert_eq!(out.text(), "[]\n");
}

#[test]
fn a_closed_pipe_ends_the_run_quietly() {
    let look = look(Lang::En);
    let mut ui = Ui::new(Box::new(Gone), Box::new(io::sink()), Format::Table, look, None);
    assert!(matches!(ui.line("x"), Err(UserError::Closed)));
}

#[test]
fn an_error_has_its_causes_and_its_hint_on_lines_of_their_own() {
    let (mut ui, out, err) = kept(Format::Table, Lang::En);
    ui.error(&Said {
        exit: crate::front::exit::Exit::Storage,
        text: "it\u{7} failed".to_owned(),
        causes: vec!["no space".to_owned()],
        hint: Some("make room".to_owned()),
        retry_at: None,
        korean: None,
        refusal: None,
    });
    assert_eq!(err.text(), "error: it␇ failed\ncaused by: no space\nhint: make room\n");
    assert_eq!(out.text(), "");
}

#[test]
fn a_table_on_a_narrow_screen_keeps_one_line_per_row() {
    let rows = vec![vec!["C-1".to_owned(), "가".repeat(200)]];
    let text = table::text(&["id".to_owned(), "name".to_owned()], &rows, Some(40), false);
    assert_eq!(text.lines().count(), 2);
    assert!(text.lines().all(|line| line.width() <= 40), "{text}");
}

#[test]
fn empty_columns_give_way_on_a_narrow_screen() {
    let heads = ["id", "nothing", "tel"].map(str::to_owned);
    let rows = vec![vec!["C-1".to_owned(), String::new(), "010-****-0001".to_owned()]];
    assert_eq!(table::text(&heads, &rows, Some(20), false), "id   tel\nC-1  010-****-0001");
    assert!(table::text(&heads, &rows, Some(40), false).contains("nothing"));
}

#[test]
fn a_sentence_is_folded_and_not_cut() {
    let heads = ["id", "text"].map(str::to_owned);
    let rows = vec![vec!["C-1".to_owned(), "one two three four five six".to_owned()]];
    let text = table::text(&heads, &rows, Some(20), true);
    assert!(text.contains("six") && text.lines().all(|line| line.width() <= 20), "{text}");
}
