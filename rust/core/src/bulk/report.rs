//! What a column held that is no address: counted, and the first few kept to be shown.

use std::fmt;

use super::source::{Column, Source};
use crate::addr::{ParseError, parse_zoned};

/// How many bad rows a report keeps in full.
pub const KEPT: usize = 20;

/// Longer values are cut where they are kept; an address has at most 45 characters.
const SHOWN: usize = 80;

/// Why a row is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A text that neither family's grammar takes.
    Text(ParseError),
    /// A number that does not fit.
    Number,
    /// A byte string whose length is neither 4 nor 16.
    Length,
    /// The row points outside its buffer or dictionary.
    Outside,
}

impl fmt::Display for Reason {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Text(error) => error.fmt(to),
            Reason::Number => to.write_str("the number does not fit; IPv4 takes 0 to 2**32 - 1"),
            Reason::Length => to.write_str("a packed address has 4 or 16 bytes in network order"),
            Reason::Outside => to.write_str("the row points outside its buffer or dictionary"),
        }
    }
}

/// One row that is no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// Its place in the column.
    pub row: usize,
    /// Its value, cut where it is long.
    pub value: String,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What became of a column, beside its answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkReport {
    /// Rows that were present and are no address.
    pub bad: usize,
    /// The first of them, in order; at most as many as the report was made to keep.
    pub first: Vec<BadRow>,
    room: usize,
}

impl Default for BulkReport {
    fn default() -> BulkReport {
        BulkReport::keeping(KEPT)
    }
}

impl BulkReport {
    /// An empty report that keeps the first `room` bad rows.
    #[must_use]
    pub const fn keeping(room: usize) -> BulkReport {
        BulkReport { bad: 0, first: Vec::new(), room }
    }

    /// Add the report of rows that follow, whose own count began at `base`.
    pub fn append(&mut self, next: BulkReport, base: usize) {
        self.bad += next.bad;
        let free = self.room.saturating_sub(self.first.len());
        self.first.extend(next.first.into_iter().take(free).map(|mut bad| {
            bad.row += base;
            bad
        }));
    }

    /// Count a bad row, and keep it if there is room.
    #[cold]
    pub fn push(&mut self, source: &Source<'_>, row: usize) {
        self.bad += 1;
        if self.first.len() < self.room {
            let (value, reason) = describe(&source.column, row);
            self.first.push(BadRow { row, value, reason });
        }
    }
}

/// The value of a bad row as a user would write it, and what is wrong with it.
fn describe(column: &Column<'_>, row: usize) -> (String, Reason) {
    let found = match column {
        Column::Texts(texts) => texts.span(row).and_then(|span| {
            let error = parse_zoned(span.text()).err()?;
            Some((String::from_utf8_lossy(cut(span.text())).into_owned(), Reason::Text(error)))
        }),
        Column::Bytes(texts) => texts
            .span(row)
            .map(|span| (cut(span.text()).escape_ascii().to_string(), Reason::Length)),
        Column::Numbers(numbers, _) => {
            numbers.get(row).map(|number| (number.to_string(), Reason::Number))
        }
        Column::Dictionary(keys, values) => match keys.get(row).map(usize::try_from) {
            Some(Ok(key)) if key < values.column.len() => Some(describe(&values.column, key)),
            key => key.map(|_| (keys.get(row).unwrap_or(-1).to_string(), Reason::Outside)),
        },
        _ => None,
    };
    found.unwrap_or((String::new(), Reason::Outside))
}

fn cut(value: &[u8]) -> &[u8] {
    value.get(..SHOWN).unwrap_or(value)
}
