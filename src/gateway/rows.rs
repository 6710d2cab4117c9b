//! A body of many rows: a list in JSON, or one JSON object a line.
//!
//! Invariant: a row that makes no sense is that row's fault and never stops or shifts the others; what is no list at all is
//! the fault of the whole. Knows no resource.

use super::asked::{media, must_be_flat, must_be_json, not_understood, parse, whole};
use super::gate::Gate;
use super::openapi::{Operation, Part};
use super::problem::Problem;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What a body of lines says that it is; there is no registered name.
pub(super) const NDJSON: &str = "application/x-ndjson";

/// One row: its place in the list or its line, from 1, and what it says.
pub(super) type Row<T> = (u64, Result<T, Problem>);

/// The rows of a body.
pub(super) struct Rows<T>(pub Vec<Row<T>>);

impl<T: DeserializeOwned> FromRequest<Gate> for Rows<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &Gate) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = whole(body).await?;
        if media(&parts.headers).is_some_and(|media| media.eq_ignore_ascii_case(NDJSON)) {
            return Ok(Self(lines(&bytes)));
        }
        must_be_json(&parts.headers, &bytes)?;
        list(&bytes).map(Self)
    }
}

impl<T: JsonSchema> Part for Rows<T> {
    fn describe(operation: &mut Operation<'_>) {
        operation.rows::<T>(NDJSON);
    }
}

fn lines<T: DeserializeOwned>(body: &[u8]) -> Vec<Row<T>> {
    let numbered = (1..).zip(body.split(|byte| *byte == b'\n'));
    let filled = numbered.filter(|(_, line)| !line.iter().all(u8::is_ascii_whitespace));
    filled.map(|(number, line)| (number, parse(line))).collect()
}

fn list<T: DeserializeOwned>(body: &[u8]) -> Result<Vec<Row<T>>, Problem> {
    must_be_flat(body)?;
    let value: Value = serde_json::from_slice(body).map_err(|error| not_understood(&error))?;
    let Value::Array(items) = value else {
        return Err(invalid("the body must be a list of objects"));
    };
    let row = |item: Value| {
        if !item.is_object() {
            return Err(invalid("the row is no object"));
        }
        serde_json::from_value(item).map_err(|error| not_understood(&error))
    };
    Ok((1..).zip(items.into_iter().map(row)).collect())
}

fn invalid(detail: &str) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Eq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Given {
        n: u32,
    }

    fn read(rows: &[Row<Given>]) -> Vec<(u64, Option<u32>)> {
        rows.iter().map(|(at, row)| (*at, row.as_ref().ok().map(|given| given.n))).collect()
    }

    #[test]
    fn a_bad_row_is_its_own_fault_and_keeps_its_place() {
        let rows = list(br#"[{"n": 1}, {"m": 2}, [3], {"n": 4}]"#).unwrap();
        assert_eq!(read(&rows), [(1, Some(1)), (2, None), (3, None), (4, Some(4))]);
        let rows = lines(b"{\"n\": 1}\r\n\n{\"n\"\n{\"n\": 4}");
        assert_eq!(read(&rows), [(1, Some(1)), (3, None), (4, Some(4))]);
    }

    #[test]
    fn what_is_no_list_is_the_fault_of_the_whole() {
        for (body, status) in [("{}", 422), ("[", 400), ("7", 422), ("", 400)] {
            let problem = list::<Given>(body.as_bytes()).unwrap_err();
            assert_eq!(problem.status.as_u16(), status, "{body}");
        }
        let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
        assert_eq!(list::<Given>(deep.as_bytes()).unwrap_err().status, StatusCode::BAD_REQUEST);
    }
}
