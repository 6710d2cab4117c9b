//! What the command line says, and the only file that writes: to handles it was given.
//!
//! Invariant: results go to the first handle and only results; notes, warnings and errors to the second. Everything a
//! table shows has passed [`inert`]. A closed pipe is an error that ends the run quietly.

use super::error::{CliError, Said};
pub(crate) use super::look::Look;
use super::mask::Veil;
use super::words::Word;
use ascall_engine::domain::profile::Lang;
use ascall_engine::domain::text::{clip, inert};
use comfy_table::{ContentArrangement, Row, Table, presets};
use serde::Serialize;
use serde_json::Value;
use std::io::Write;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// In what form results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Table,
    /// One object, or an array.
    Json,
    /// One object per line.
    Ndjson,
    /// With a head line; nested names joined by `_`.
    Csv,
    /// Only the number, one per line.
    Id,
}

/// Something that can be shown in every format.
pub(crate) trait Show: Serialize {
    /// What `-o id` prints.
    fn id(&self) -> String;
    /// The members that CSV shows; a dot steps into an object.
    const CSV: &'static [&'static str];
    /// The heads of the table.
    const HEADS: &'static [Word];
    /// The cells of its row, as many as heads. They are made inert when written.
    fn cells(&self, look: &Look) -> Vec<String>;
}

/// Where everything is written.
pub(crate) struct Ui {
    out: Box<dyn Write>,
    err: Box<dyn Write>,
    /// In what form results are written.
    pub format: Format,
    /// How values look.
    pub look: Look,
    /// The columns of the screen; none when it is no screen.
    pub width: Option<u16>,
    headed: bool,
}

impl Ui {
    /// Writes results to `out`, the rest to `err`.
    pub(crate) fn new(
        out: Box<dyn Write>,
        err: Box<dyn Write>,
        format: Format,
        look: Look,
        width: Option<u16>,
    ) -> Self {
        Self { out, err, format, look, width, headed: false }
    }

    /// How much of one object asked for by its number is shown: all of it to programs.
    pub(crate) fn veil_of_one(&self) -> Veil {
        let table = matches!(self.format, Format::Table | Format::Id);
        if table && !self.look.reveal { Veil::Masked } else { Veil::Whole }
    }

    /// How much of a person is shown in lists.
    pub(crate) fn veil(&self) -> Veil {
        if self.look.reveal { Veil::Whole } else { Veil::Masked }
    }

    /// A line of results, made inert.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), CliError> {
        writeln!(self.out, "{}", inert(text))?;
        Ok(())
    }

    /// Text that is already in its final form (help pages, completion scripts, tables).
    pub(crate) fn raw(&mut self, text: &str) -> Result<(), CliError> {
        self.out.write_all(text.as_bytes())?;
        if !text.ends_with('\n') && !text.is_empty() {
            self.out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// A remark beside the results.
    pub(crate) fn note(&mut self, text: &str) -> Result<(), CliError> {
        // On a screen both handles are one: what was said first stands first.
        self.out.flush()?;
        writeln!(self.err, "{}", inert(text))?;
        Ok(())
    }

    /// Something the user should know although it worked.
    pub(crate) fn warn(&mut self, text: &str) -> Result<(), CliError> {
        self.out.flush()?;
        writeln!(self.err, "warning: {}", inert(text))?;
        Ok(())
    }

    /// An error; what goes wrong while saying so is nobody's concern any more.
    pub(crate) fn error(&mut self, said: &Said) {
        drop(self.out.flush());
        let (text, hint) = said.in_lang(self.look.lang);
        let mut lines = vec![format!("error: {}", lines_inert(text))];
        lines.extend(said.causes.iter().map(|cause| format!("caused by: {}", inert(cause))));
        let again = said.retry_at.map(|at| {
            let when = self.look.retry(Some(at));
            match self.look.lang {
                Lang::Ko => format!("{when} 다시 요청하세요"),
                Lang::En => format!("try again {when}"),
            }
        });
        let hints: Vec<String> = again.into_iter().chain(hint.map(str::to_owned)).collect();
        if !hints.is_empty() {
            lines.push(format!("hint: {}", inert(&hints.join("; "))));
        }
        let text: String = lines.iter().map(|line| clipped(line) + "\n").collect();
        drop(self.err.write_all(text.as_bytes()));
    }

    /// One object: `line` is what people see.
    pub(crate) fn one<T: Show>(&mut self, item: &T, line: &str) -> Result<(), CliError> {
        match self.format {
            Format::Table => self.line(line),
            Format::Json => {
                let text = pretty(item)?;
                self.raw(&text)
            }
            Format::Ndjson | Format::Csv | Format::Id => self.many(std::slice::from_ref(item)),
        }
    }

    /// A list of objects.
    pub(crate) fn many<T: Show>(&mut self, items: &[T]) -> Result<(), CliError> {
        match self.format {
            Format::Table if items.is_empty() => {
                let none = self.look.word(Word::None);
                self.note(&none)
            }
            Format::Table => {
                let rows: Vec<Vec<String>> = items.iter().map(|i| i.cells(&self.look)).collect();
                self.table(T::HEADS, &rows)
            }
            Format::Json => {
                let text = pretty(&items)?;
                self.raw(&text)
            }
            Format::Ndjson | Format::Csv | Format::Id => {
                if self.format == Format::Csv {
                    self.csv_head::<T>()?;
                }
                items.iter().try_for_each(|item| self.next(item, ""))
            }
        }
    }

    /// The next object of a stream that has no end yet: written and flushed at once.
    pub(crate) fn next<T: Show>(&mut self, item: &T, line: &str) -> Result<(), CliError> {
        match self.format {
            Format::Table => self.line(line)?,
            Format::Json | Format::Ndjson => {
                let text = serde_json::to_string(item).map_err(std::io::Error::from)?;
                self.raw(&escaped(&text))?;
            }
            Format::Csv => {
                self.csv_head::<T>()?;
                let value = serde_json::to_value(item).map_err(std::io::Error::from)?;
                let cells = T::CSV.iter().map(|path| inert(&member(&value, path)).into_owned());
                let line = csv_line(cells)?;
                self.raw(&line)?;
            }
            Format::Id => {
                let id = item.id();
                if !id.is_empty() {
                    self.line(&id)?;
                }
            }
        }
        self.out.flush()?;
        Ok(())
    }

    fn csv_head<T: Show>(&mut self) -> Result<(), CliError> {
        if std::mem::replace(&mut self.headed, true) {
            return Ok(());
        }
        let head = csv_line(T::CSV.iter().map(|path| path.replace('.', "_")))?;
        self.raw(&head)
    }

    /// A table for people.
    pub(crate) fn table(&mut self, heads: &[Word], rows: &[Vec<String>]) -> Result<(), CliError> {
        // Sentences are there to be read: they are folded, everything else is cut.
        let folds = heads.last() == Some(&Word::Text);
        let heads: Vec<String> = heads.iter().map(|head| self.look.word(*head)).collect();
        let text = table(&heads, rows, self.width, folds);
        self.raw(&text)
    }

    /// Names and values under each other, for one object shown at length. Empty values are left out.
    pub(crate) fn pairs(&mut self, pairs: &[(Word, String)]) -> Result<(), CliError> {
        let shown = pairs.iter().filter(|(_, value)| !value.is_empty());
        let rows: Vec<(String, String)> =
            shown.map(|(word, value)| (self.look.word(*word), inert(value).into_owned())).collect();
        let wide = rows.iter().map(|(name, _)| name.width()).max().unwrap_or(0);
        for (name, value) in rows {
            let pad = " ".repeat(wide - name.width());
            self.raw(&format!("{name}{pad}  {value}"))?;
        }
        Ok(())
    }

    /// Everything written reaches its reader.
    pub(crate) fn flush(&mut self) -> Result<(), CliError> {
        self.out.flush()?;
        Ok(())
    }
}

/// The most characters of a line of an error: what was typed may be absurdly long.
const ERROR_LINE_MAX: usize = 400;

/// The text with each of its lines cut to a length that can be read.
pub(crate) fn clipped(text: &str) -> String {
    let lines = text.split('\n').map(|line| clip(line, ERROR_LINE_MAX));
    lines.collect::<Vec<_>>().join("\n")
}

/// The text with each of its lines made inert.
fn lines_inert(text: &str) -> String {
    text.split('\n').map(inert).collect::<Vec<_>>().join("\n")
}

/// JSON whose strings hold no character that acts on a screen: it stands there as `\u202e`, which reads the same.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut letter = [0; 4];
    for c in json.chars() {
        let text: &str = c.encode_utf8(&mut letter);
        if c.is_ascii() && c != '\u{7f}' || inert(text) == text {
            out.push(c);
        } else {
            let mut units = [0; 2];
            out.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    out
}

fn pretty<T: Serialize>(item: &T) -> Result<String, CliError> {
    Ok(escaped(&serde_json::to_string_pretty(item).map_err(std::io::Error::from)?))
}

/// The member at `path` as CSV shows it: text as it is, nothing for null, arrays joined by `;`.
fn member(value: &Value, path: &str) -> String {
    let found = path.split('.').try_fold(value, |v, name| v.get(name));
    match found {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => {
            let items = items.iter().map(|item| match item {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            items.collect::<Vec<_>>().join(";")
        }
        Some(other) => other.to_string(),
    }
}

fn csv_line(cells: impl IntoIterator<Item = String>) -> Result<String, CliError> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(cells).map_err(std::io::Error::from)?;
    let bytes = writer.into_inner().map_err(|e| std::io::Error::other(e.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A table without lines: columns apart by two spaces, cut to `width` columns when there is a screen. Where that is too
/// narrow, columns that hold nothing give way first.
fn table(heads: &[String], rows: &[Vec<String>], width: Option<u16>, folds: bool) -> String {
    let kept = width.map_or_else(|| (0..heads.len()).collect(), |w| columns(heads, rows, w));
    let pick = |row: &[String]| -> Vec<String> {
        kept.iter().filter_map(|at| row.get(*at).cloned()).collect()
    };
    let (heads, rows) = (pick(heads), rows.iter().map(|row| pick(row)).collect::<Vec<_>>());
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if let Some(width) = width {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    let mut head = Row::from(heads);
    head.max_height(1);
    table.set_header(head);
    for row in &rows {
        let mut cells = Row::new();
        for (at, cell) in row.iter().enumerate() {
            // Nothing stands after the last cell that it could push away.
            let last = at + 1 == row.len();
            let text = if last { inert(cell).into_owned() } else { one_line(cell) };
            cells.add_cell(text.into());
        }
        // A row is a line: what does not fit is cut, not folded.
        if !folds {
            cells.max_height(1);
        }
        table.add_row(cells);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.trim_fmt()
}

/// The columns shown on a screen `width` wide: all that fit, or without those that are empty in every row.
fn columns(heads: &[String], rows: &[Vec<String>], width: u16) -> Vec<usize> {
    let cell = |row: &Vec<String>, at: usize| row.get(at).map_or(0, |cell| cell.width());
    let widest = |at: usize| rows.iter().map(|row| cell(row, at)).max().unwrap_or(0);
    let needs: usize = (0..heads.len()).map(|at| widest(at).max(heads[at].width()) + 2).sum();
    let fits = needs <= usize::from(width) + 2;
    (0..heads.len()).filter(|at| fits || widest(*at) > 0).collect()
}

/// The most columns one cell takes, so that one absurd value does not push the others off the screen.
const CELL_MAX: usize = 60;

/// Inert and cut to [`CELL_MAX`] columns of the screen.
fn one_line(text: &str) -> String {
    let text = inert(text);
    if text.width() <= CELL_MAX {
        return text.into_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used >= CELL_MAX {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::cli::clock::Clock;
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

    pub(crate) fn look(lang: Lang) -> Look {
        let profiles = crate::desk::profiles::load(&[]).unwrap();
        let clock = Clock::still("2026-11-21T14:00:00+09:00");
        Look { lang, clock, reveal: false, profiles }
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
            Sample {
                id: "C-1", name: "냉장고", worker: Some(Inner { id: "W-1" }), skills: vec![]
            },
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
        assert!(matches!(ui.line("x"), Err(CliError::Closed)));
    }

    #[test]
    fn an_error_has_its_causes_and_its_hint_on_lines_of_their_own() {
        let (mut ui, out, err) = kept(Format::Table, Lang::En);
        ui.error(&Said {
            exit: super::super::exit::Exit::Storage,
            text: "it\u{7} failed".to_owned(),
            causes: vec!["no space".to_owned()],
            hint: Some("make room".to_owned()),
            retry_at: None,
            korean: None,
        });
        assert_eq!(err.text(), "error: it␇ failed\ncaused by: no space\nhint: make room\n");
        assert_eq!(out.text(), "");
    }

    #[test]
    fn a_table_on_a_narrow_screen_keeps_one_line_per_row() {
        let rows = vec![vec!["C-1".to_owned(), "가".repeat(200)]];
        let text = table(&["id".to_owned(), "name".to_owned()], &rows, Some(40), false);
        assert_eq!(text.lines().count(), 2);
        assert!(text.lines().all(|line| line.width() <= 40), "{text}");
    }

    #[test]
    fn empty_columns_give_way_on_a_narrow_screen() {
        let heads = ["id", "nothing", "tel"].map(str::to_owned);
        let rows = vec![vec!["C-1".to_owned(), String::new(), "010-****-0001".to_owned()]];
        assert_eq!(table(&heads, &rows, Some(20), false), "id   tel\nC-1  010-****-0001");
        assert!(table(&heads, &rows, Some(40), false).contains("nothing"));
    }

    #[test]
    fn a_sentence_is_folded_and_not_cut() {
        let heads = ["id", "text"].map(str::to_owned);
        let rows = vec![vec!["C-1".to_owned(), "one two three four five six".to_owned()]];
        let text = table(&heads, &rows, Some(20), true);
        assert!(text.contains("six") && text.lines().all(|line| line.width() <= 20), "{text}");
    }
}
