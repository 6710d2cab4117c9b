//! What the command line says, and the only file that writes: to handles it was given.
//!
//! Invariant: results go to the first handle and only results; notes, warnings and errors to the second. Everything a
//! table shows has passed [`inert`]. A closed pipe is an error that ends the run quietly.

mod table;
mod terminal;

use crate::front::error::{Said, UserError};
pub(crate) use crate::front::look::Look;
use crate::front::mask::Veil;
use crate::front::show::export::harmless;
pub(crate) use crate::front::show::{Cell, Show};
use crate::front::words::Word;
use ascall_engine::domain::profile::Lang;
use ascall_engine::domain::text::{clip, inert};
use serde::Serialize;
use serde_json::Value;
use std::io::Write;
use unicode_width::UnicodeWidthStr as _;

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

/// A list whose columns are chosen when it is shown.
pub(crate) struct Sheet<'a, T> {
    /// What it is called.
    pub title: &'a str,
    /// Its columns: the name in CSV, and what people call it.
    pub columns: &'a [(String, String)],
    /// What JSON shows.
    pub items: &'a [T],
    /// The cells of each item, as many as columns.
    pub cells: &'a [Vec<Cell>],
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
    pub(crate) fn line(&mut self, text: &str) -> Result<(), UserError> {
        writeln!(self.out, "{}", inert(text))?;
        Ok(())
    }

    /// Text that is already in its final form (help pages, completion scripts, tables).
    pub(crate) fn raw(&mut self, text: &str) -> Result<(), UserError> {
        self.out.write_all(text.as_bytes())?;
        if !text.ends_with('\n') && !text.is_empty() {
            self.out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Lines of results, each made inert.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), UserError> {
        text.lines().try_for_each(|line| self.line(line))
    }

    /// A remark beside the results.
    pub(crate) fn note(&mut self, text: &str) -> Result<(), UserError> {
        // On a screen both handles are one: what was said first stands first.
        self.out.flush()?;
        writeln!(self.err, "{}", inert(text))?;
        Ok(())
    }

    /// Something the user should know although it worked.
    pub(crate) fn warn(&mut self, text: &str) -> Result<(), UserError> {
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
    pub(crate) fn one<T: Show>(&mut self, item: &T, line: &str) -> Result<(), UserError> {
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
    pub(crate) fn many<T: Show>(&mut self, items: &[T]) -> Result<(), UserError> {
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
    pub(crate) fn next<T: Show>(&mut self, item: &T, line: &str) -> Result<(), UserError> {
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

    /// The head of a file for spreadsheets and programs, which [`Ui::record`] fills.
    pub(crate) fn columns(&mut self, names: &[String]) -> Result<(), UserError> {
        if self.format == Format::Csv {
            let head = csv_line(names.iter().cloned())?;
            self.raw(&head)?;
        }
        Ok(())
    }

    /// The next row of such a file: no cell is a formula, and in JSON what is empty is left out.
    pub(crate) fn record(&mut self, names: &[String], cells: &[Value]) -> Result<(), UserError> {
        if self.format == Format::Csv {
            let text = |cell| harmless(&inert(&member(cell, "")));
            let line = csv_line(cells.iter().map(text))?;
            return self.raw(&line);
        }
        let is_there = |cell: &Value| !cell.is_null() && cell.as_array() != Some(&Vec::new());
        let pairs = names.iter().cloned().zip(cells.iter().cloned());
        let object: serde_json::Map<_, _> = pairs.filter(|(_, cell)| is_there(cell)).collect();
        self.raw(&escaped(&Value::Object(object).to_string()))
    }

    fn csv_head<T: Show>(&mut self) -> Result<(), UserError> {
        if std::mem::replace(&mut self.headed, true) {
            return Ok(());
        }
        let head = csv_line(T::CSV.iter().map(|path| path.replace('.', "_")))?;
        self.raw(&head)
    }

    /// A table for people.
    pub(crate) fn table(&mut self, heads: &[Word], rows: &[Vec<String>]) -> Result<(), UserError> {
        // Sentences are there to be read: they are folded, everything else is cut.
        let folds = heads.last() == Some(&Word::Text);
        let heads: Vec<String> = heads.iter().map(|head| self.look.word(*head)).collect();
        let text = table::text(&heads, rows, self.width, folds);
        self.raw(&text)
    }

    /// A list under its title, with columns of its own. JSON shows each item whole.
    pub(crate) fn sheet<T: Show>(&mut self, sheet: &Sheet<'_, T>) -> Result<(), UserError> {
        match self.format {
            Format::Table => {
                if !sheet.title.is_empty() {
                    self.line(sheet.title)?;
                }
                if sheet.items.is_empty() {
                    let none = self.look.word(Word::None);
                    return self.note(&none);
                }
                let heads: Vec<String> =
                    sheet.columns.iter().map(|(_, head)| head.clone()).collect();
                let shown =
                    |cells: &Vec<Cell>| cells.iter().map(|cell| cell.shown.clone()).collect();
                let rows: Vec<Vec<String>> = sheet.cells.iter().map(shown).collect();
                let text = table::text(&heads, &rows, self.width, false);
                self.raw(&text)
            }
            Format::Csv => {
                let head = csv_line(sheet.columns.iter().map(|(name, _)| name.clone()))?;
                self.raw(&head)?;
                sheet.cells.iter().try_for_each(|cells| {
                    let line = csv_line(cells.iter().map(|cell| inert(&cell.plain).into_owned()))?;
                    self.raw(&line)
                })
            }
            Format::Json | Format::Ndjson | Format::Id => self.many(sheet.items),
        }
    }

    /// Names and values under each other, for one object shown at length. Empty values are left out.
    pub(crate) fn pairs(&mut self, pairs: &[(Word, String)]) -> Result<(), UserError> {
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

    /// The columns that `가나다` takes on the screen; none: there is no screen, or it does not say.
    pub(crate) fn hangul_columns(&mut self) -> Option<u16> {
        self.width?;
        terminal::hangul_columns(&mut self.out)
    }

    /// Everything written reaches its reader.
    pub(crate) fn flush(&mut self) -> Result<(), UserError> {
        self.out.flush()?;
        Ok(())
    }
}

/// The most characters of a line of an error: what was typed may be absurdly long.
const ERROR_LINE_MAX: usize = 500;

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

fn pretty<T: Serialize>(item: &T) -> Result<String, UserError> {
    Ok(escaped(&serde_json::to_string_pretty(item).map_err(std::io::Error::from)?))
}

/// The member at `path` as CSV shows it: text as it is, nothing for null, arrays joined by `;`.
fn member(value: &Value, path: &str) -> String {
    let mut names = path.split('.').filter(|name| !name.is_empty());
    let found = names.try_fold(value, |v, name| v.get(name));
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

fn csv_line(cells: impl IntoIterator<Item = String>) -> Result<String, UserError> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(cells).map_err(std::io::Error::from)?;
    let bytes = writer.into_inner().map_err(|e| std::io::Error::other(e.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
pub(crate) mod tests;
