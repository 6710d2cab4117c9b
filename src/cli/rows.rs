//! Files of many rows: CSV with a head line, or one JSON object per line.
//!
//! Invariant: a bad row is that row's error and never stops or shifts the others; row numbers are those of the file.
//! Knows nothing of what the columns mean.

use crate::front::error::UserError;
use crate::front::show::export::plain;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, stdin};
use std::path::Path;

/// The longest line taken, in bytes: more is a file of another kind.
const LINE_MAX: usize = 64 * 1024;

/// One row: its line in the file, from 1, and its cells by column; empty cells are left out.
#[derive(Debug)]
pub(crate) struct Row {
    pub line: u64,
    pub cells: Result<BTreeMap<String, String>, UserError>,
}

/// An iterator over the rows of a file, or of standard input for `-`.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Iterator<Item = Row>>, UserError> {
    let source: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(stdin())
    } else {
        Box::new(File::open(path).map_err(|e| UserError::input(path, &e))?)
    };
    read(path, source)
}

/// The rows of `source`; `path` is for its ending and for errors.
fn read(path: &Path, source: Box<dyn Read>) -> Result<Box<dyn Iterator<Item = Row>>, UserError> {
    let mut source = BufReader::new(source);
    let start = source.fill_buf().map_err(|e| UserError::input(path, &e))?;
    if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
        return Err(UserError::utf16(&path.display().to_string()));
    }
    if start.starts_with(&[0xef, 0xbb, 0xbf]) {
        source.consume(3);
    }
    let start = source.fill_buf().map_err(|e| UserError::input(path, &e))?;
    let first = start.iter().find(|b| !b.is_ascii_whitespace()).copied();
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    let json = match ending {
        "csv" => false,
        "ndjson" | "jsonl" => true,
        _ => first == Some(b'{'),
    };
    if json { Ok(Box::new(JsonRows { source, line: 0 })) } else { csv_rows(path, source) }
}

fn csv_rows(
    path: &Path,
    source: BufReader<Box<dyn Read>>,
) -> Result<Box<dyn Iterator<Item = Row>>, UserError> {
    let source = OneLineEnd { source, after_return: false };
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(source);
    let head = reader.byte_headers().map_err(|e| csv_fault(path, e))?.clone();
    let mut names = Vec::new();
    for cell in &head {
        let name = std::str::from_utf8(cell)
            .map_err(|_| UserError::not_utf8(&format!("the head line of {}", path.display())))?;
        names.push(name.trim().to_owned());
    }
    Ok(Box::new(CsvRows { records: reader.into_byte_records(), names, path: path.to_owned() }))
}

fn csv_fault(path: &Path, error: csv::Error) -> UserError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => UserError::input(path, &error),
        other => UserError::usage(format!("{}: {other:?}", path.display())),
    }
}

/// Every line end of the world becomes `\n`, so that line numbers are those an editor shows.
struct OneLineEnd {
    source: BufReader<Box<dyn Read>>,
    after_return: bool,
}

impl Read for OneLineEnd {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let read = self.source.read(bytes)?;
            let mut kept = 0;
            for at in 0..read {
                let byte = bytes[at];
                let second_half = byte == b'\n' && self.after_return;
                self.after_return = byte == b'\r';
                if !second_half {
                    bytes[kept] = if byte == b'\r' { b'\n' } else { byte };
                    kept += 1;
                }
            }
            if kept > 0 || read == 0 {
                return Ok(kept);
            }
        }
    }
}

struct CsvRows {
    records: csv::ByteRecordsIntoIter<OneLineEnd>,
    names: Vec<String>,
    path: std::path::PathBuf,
}

impl Iterator for CsvRows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let record = match self.records.next()? {
            Ok(record) => record,
            Err(error) => {
                return Some(Row { line: 0, cells: Err(csv_fault(&self.path, error)) });
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        Some(Row { line, cells: self.cells(&record, line) })
    }
}

impl CsvRows {
    fn cells(
        &self,
        record: &csv::ByteRecord,
        line: u64,
    ) -> Result<BTreeMap<String, String>, UserError> {
        if record.len() > self.names.len() {
            return Err(UserError::usage(format!(
                "line {line} has {} cells under {} columns; quote cells that hold a comma",
                record.len(),
                self.names.len()
            )));
        }
        let mut cells = BTreeMap::new();
        for (name, cell) in self.names.iter().zip(record) {
            let text = std::str::from_utf8(cell)
                .map_err(|_| UserError::not_utf8(&format!("line {line}")))?;
            if !text.is_empty() {
                cells.insert(name.clone(), plain(text).to_owned());
            }
        }
        Ok(cells)
    }
}

struct JsonRows {
    source: BufReader<Box<dyn Read>>,
    line: u64,
}

impl Iterator for JsonRows {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        loop {
            self.line += 1;
            let mut bytes = Vec::new();
            let limit = u64::try_from(LINE_MAX).unwrap_or(u64::MAX) + 1;
            let taken = (&mut self.source).take(limit).read_until(b'\n', &mut bytes);
            let row = |cells| Some(Row { line: self.line, cells });
            match taken {
                Ok(0) => return None,
                Err(error) => return row(Err(error.into())),
                Ok(read) if read > LINE_MAX => {
                    let skipped = self.source.skip_until(b'\n');
                    let text = format!("line {} is longer than {LINE_MAX} bytes", self.line);
                    return row(skipped.map_err(Into::into).and(Err(UserError::usage(text))));
                }
                Ok(_) => {}
            }
            if bytes.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            return row(json_cells(&bytes, self.line));
        }
    }
}

fn json_cells(bytes: &[u8], line: u64) -> Result<BTreeMap<String, String>, UserError> {
    let text =
        std::str::from_utf8(bytes).map_err(|_| UserError::not_utf8(&format!("line {line}")))?;
    let value: Value = serde_json::from_str(text)
        .map_err(|e| UserError::usage(format!("line {line} is not a JSON object: {e}")))?;
    let Value::Object(members) = value else {
        return Err(UserError::usage(format!("line {line} is not a JSON object")));
    };
    let mut cells = BTreeMap::new();
    for (name, value) in members {
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
            Value::Array(items) => {
                let texts = items.iter().map(|i| i.as_str().map(str::to_owned));
                let texts: Option<Vec<String>> = texts.collect();
                let bad =
                    || UserError::usage(format!("line {line}: `{name}` is not a list of texts"));
                texts.ok_or_else(bad)?.join(";")
            }
            Value::Object(_) => {
                return Err(UserError::usage(format!("line {line}: `{name}` is an object")));
            }
        };
        if !text.is_empty() {
            cells.insert(name, text);
        }
    }
    Ok(cells)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::error::Said;
    use crate::front::exit::Exit;
    use std::io::Cursor;

    fn rows(name: &str, bytes: &[u8]) -> Vec<Row> {
        let source = Box::new(Cursor::new(bytes.to_vec()));
        read(Path::new(name), source).unwrap().collect()
    }

    fn said(error: &UserError) -> &Said {
        match error {
            UserError::Said(said) => said,
            UserError::Closed => panic!("nothing was said"),
        }
    }

    #[test]
    fn csv_rows_have_their_line_and_leave_empty_cells_out() {
        let rows = rows(
            "a.csv",
            "\u{feff}tel,kind\r\n010-0000-0001,냉장고\r\n\"1\n2\",\r\n3,x\r\n".as_bytes(),
        );
        let lines: Vec<u64> = rows.iter().map(|r| r.line).collect();
        assert_eq!(lines, [2, 3, 5]);
        assert_eq!(rows[0].cells.as_ref().unwrap()["kind"], "냉장고");
        assert_eq!(rows[1].cells.as_ref().unwrap().len(), 1);
    }

    #[test]
    fn line_ends_of_every_system_are_read() {
        for text in ["tel,kind\n1,a\n2,b\n", "tel,kind\r\n1,a\r\n2,b\r\n", "tel,kind\r1,a\r2,b"] {
            let rows = rows("a.csv", text.as_bytes());
            assert_eq!(rows.iter().map(|r| r.line).collect::<Vec<_>>(), [2, 3], "{text:?}");
        }
    }

    #[test]
    fn a_bad_row_does_not_stop_the_others() {
        let rows = rows("a.csv", b"tel,kind\n1,2,3\n\xb0\xa1,x\n4,y\n");
        assert!(said(rows[0].cells.as_ref().unwrap_err()).text.contains("3 cells under 2 columns"));
        let bad = said(rows[1].cells.as_ref().unwrap_err());
        assert!(bad.hint.as_ref().unwrap().contains("iconv -f CP949"));
        assert_eq!(rows[2].cells.as_ref().unwrap()["tel"], "4");
    }

    #[test]
    fn json_lines_take_numbers_and_lists_of_texts() {
        let text = "{\"tel\":\"1\",\"cost\":25500,\"name\":null}\n\n{\"skills\":[\"a\",\"b\"]}\n[1]\n{\"a\":{}}\nx\n";
        for name in ["a.ndjson", "-", "a.txt"] {
            let rows = rows(name, text.as_bytes());
            assert_eq!(rows.iter().map(|r| r.line).collect::<Vec<_>>(), [1, 3, 4, 5, 6]);
            let first = rows[0].cells.as_ref().unwrap();
            assert_eq!((first["cost"].as_str(), first.len()), ("25500", 2));
            assert_eq!(rows[1].cells.as_ref().unwrap()["skills"], "a;b");
            for row in &rows[2..] {
                assert_eq!(said(row.cells.as_ref().unwrap_err()).exit, Exit::Usage);
            }
        }
    }

    #[test]
    fn a_huge_line_is_an_error_and_the_next_line_is_read() {
        let mut bytes = vec![b'{'];
        bytes.extend(vec![b' '; LINE_MAX * 3]);
        bytes.extend(b"}\n{\"tel\":\"1\"}\n");
        let rows = rows("a.ndjson", &bytes);
        assert!(rows[0].cells.is_err());
        assert_eq!(rows[1].cells.as_ref().unwrap()["tel"], "1");
        assert_eq!(rows[1].line, 2);
    }

    #[test]
    fn another_encoding_and_a_missing_file_are_said() {
        let source = Box::new(Cursor::new(vec![0xff, 0xfe, b't', 0]));
        assert!(read(Path::new("a.csv"), source).is_err());
        assert!(open(Path::new("/nowhere/a.csv")).is_err());
        assert_eq!(rows("a.csv", b"").len(), 0);
    }
}
