//! Words of a scenario's line, and the names in them that stand for something.
//!
//! Invariant: what a name stands for stays one word, whatever is in it. Knows nothing of the desk.

use std::collections::BTreeMap;

/// What `$NAME`s stand for.
pub type Names = BTreeMap<String, String>;

/// Splits a line as a shell does: at blanks, but not inside quotes. Then fills in the names.
pub fn words(line: &str, names: &Names) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    if let Some(open) = quote {
        return Err(format!("a quote {open} is not closed in: {line}"));
    }
    words.extend(word);
    words.iter().map(|word| fill(word, names)).collect()
}

/// Puts what they stand for in the place of the `$NAME`s in `text`. A name is written in capitals.
pub fn fill(text: &str, names: &Names) -> Result<String, String> {
    let mut parts = text.split('$');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let in_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let end = part.find(|c| !in_name(c)).unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        let value = names.get(name).ok_or_else(|| format!("nothing is called ${name} yet"))?;
        filled.push_str(value);
        filled.push_str(rest);
    }
    Ok(filled)
}

#[test]
fn a_line_is_split_as_a_shell_does() {
    let names = Names::from([("WHO".to_owned(), "김 하나".to_owned())]);
    let split = words("request  --name $WHO --text '두 사람, \"빨리\"' --note \"\"", &names);
    assert_eq!(
        split.unwrap(),
        ["request", "--name", "김 하나", "--text", "두 사람, \"빨리\"", "--note", ""]
    );
    assert!(words("say 'so", &names).unwrap_err().contains("not closed"));
}

#[test]
fn a_name_that_stands_for_nothing_is_a_fault() {
    let names = Names::from([("C1".to_owned(), "C-7".to_owned())]);
    assert_eq!(fill("$C1: $C1.", &names).unwrap(), "C-7: C-7.");
    assert!(fill("status $C2", &names).unwrap_err().contains("$C2"));
}
