//! Lines of `prefix [value]` to two columns.

use memchr::{memchr_iter, memchr3};

use super::intern::Interner;
use super::lines::{Line, Lines};
use crate::addr::column::{Parser, Span};
use crate::addr::{Ip, Net, ParseError, parse_len, parse_net};

/// How many bad lines are kept for the report; all are counted.
pub const MAX_BAD: usize = 1000;
/// How much of a bad line is kept, in bytes.
const MAX_SHOWN: usize = 120;
/// Memory that one row will take: prefix, value number, and the Python objects for both.
const ROW_BYTES: usize = 136;
/// Memory that a distinct value will take as a Python string, beside its bytes.
const TEXT_BYTES: usize = 72;

/// Digits of the longest prefix length.
const LONGEST_LENGTH: usize = 3;

/// Why a line is not a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadReason {
    /// It does not start with a prefix, and why.
    Prefix(ParseError),
    /// It exceeds [`super::MAX_LINE`].
    TooLong,
    /// Its value is not UTF-8.
    NotUtf8,
}

/// A line that is not a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Line number, from 1.
    pub line: u64,
    /// Its first bytes.
    pub text: Vec<u8>,
    /// What is wrong.
    pub reason: BadReason,
}

/// A table under construction: `feed` the file's chunks, then `finish`.
///
/// Blank lines and comments are passed over; `#` starts a comment at the start of a line and after
/// white space, `;` at the start of a line. White space is space, tab and carriage return.
#[derive(Default)]
pub struct TextTable {
    lines: Lines,
    rows: Rows,
}

/// The fastest parser of this processor.
struct Fastest(Parser);

impl Default for Fastest {
    fn default() -> Self {
        Fastest(Parser::detect())
    }
}

#[derive(Default)]
struct Rows {
    parser: Fastest,
    nets: Vec<Net>,
    values: Vec<u32>, // 0: no value; n: text n - 1
    texts: Interner,
    line: u64,
    bad: Vec<BadLine>,
    bad_total: u64,
}

impl TextTable {
    /// Take the next bytes of the file.
    pub fn feed(&mut self, chunk: &[u8]) {
        let rows = &mut self.rows;
        self.lines.feed(chunk, |line| rows.take(&line));
    }

    /// The file is over: take a last line that has no newline.
    pub fn finish(&mut self) {
        let rows = &mut self.rows;
        self.lines.finish(|line| rows.take(&line));
    }

    /// The prefixes, in file order.
    #[must_use]
    pub fn nets(&self) -> &[Net] {
        &self.rows.nets
    }

    /// Take the prefixes out.
    pub fn take_nets(&mut self) -> Vec<Net> {
        std::mem::take(&mut self.rows.nets)
    }

    /// For each prefix: 0 without value, else 1 + the number of its text.
    #[must_use]
    pub fn values(&self) -> &[u32] {
        &self.rows.values
    }

    /// The distinct values, all of them UTF-8.
    #[must_use]
    pub fn texts(&self) -> &Interner {
        &self.rows.texts
    }

    /// The first [`MAX_BAD`] bad lines.
    #[must_use]
    pub fn bad(&self) -> &[BadLine] {
        &self.rows.bad
    }

    /// How many lines were bad.
    #[must_use]
    pub fn bad_total(&self) -> u64 {
        self.rows.bad_total
    }

    /// Memory that the table will take, in bytes, roughly.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.rows.nets.len() * ROW_BYTES
            + self.rows.texts.memory()
            + self.rows.texts.len() * TEXT_BYTES
    }
}

impl Rows {
    fn take(&mut self, line: &Line<'_>) {
        self.line += 1;
        match *line {
            Line::Whole(text) => {
                let text = if self.line == 1 { without_bom(text) } else { text };
                if let Err(reason) = self.route(text) {
                    self.complain(text, reason);
                }
            }
            Line::TooLong(text) => self.complain(text, BadReason::TooLong),
        }
    }

    fn route(&mut self, line: &[u8]) -> Result<(), BadReason> {
        let line =
            if line.first().is_some_and(|&b| is_blank(b)) { line.trim_ascii_start() } else { line };
        if matches!(line.first(), None | Some(b'#' | b';')) {
            return Ok(());
        }
        let end = memchr3(b' ', b'\t', b'\r', line).unwrap_or(line.len());
        let rest = &line[end..];
        let net = self.prefix(line, end).map_err(BadReason::Prefix)?;
        let value = match value_of(rest) {
            [] => 0,
            text if text.is_ascii() || std::str::from_utf8(text).is_ok() => {
                self.texts.intern(text) + 1
            }
            _ => return Err(BadReason::NotUtf8),
        };
        self.nets.push(net);
        self.values.push(value);
        Ok(())
    }

    /// The prefix that the first `end` bytes of the line write. Wide loads do the address; whatever
    /// they or the length leave is judged by [`parse_net`], so strictness lives in one place.
    #[inline]
    fn prefix(&self, line: &[u8], end: usize) -> Result<Net, ParseError> {
        let text = &line[..end];
        let near_end = text.len().saturating_sub(LONGEST_LENGTH + 1);
        let slash = text[near_end..].iter().position(|&b| b == b'/').map(|at| near_end + at);
        let mut ip = None;
        let span = Span::new(line, 0, slash.unwrap_or(end));
        self.parser.0.each(std::iter::once((0, span)), |_, found| ip = found);
        let zoned = matches!(ip, Some(Ip::V6(_))) && text.contains(&b'%');
        if let Some(ip) = ip
            && let Some(slash) = slash
            && !zoned
            && let Ok(len) = parse_len(&text[slash + 1..], ip, slash + 1)
            && let Some(net) = Net::new(ip, len)
        {
            return Ok(net);
        }
        parse_net(text)
    }

    fn complain(&mut self, text: &[u8], reason: BadReason) {
        self.bad_total += 1;
        if self.bad.len() < MAX_BAD {
            let text = text.get(..MAX_SHOWN).unwrap_or(text).trim_ascii().to_vec();
            self.bad.push(BadLine { line: self.line, text, reason });
        }
    }
}

/// What stands between the prefix and a comment, without the white space around it.
fn value_of(rest: &[u8]) -> &[u8] {
    let after_blank = |&at: &usize| at.checked_sub(1).is_some_and(|before| is_blank(rest[before]));
    let end = memchr_iter(b'#', rest).find(after_blank).unwrap_or(rest.len());
    rest[..end].trim_ascii()
}

const fn is_blank(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\r')
}

fn without_bom(line: &[u8]) -> &[u8] {
    line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{BadReason, TextTable};
    use crate::addr::parse_net;

    fn read(chunks: &[&[u8]]) -> TextTable {
        let mut table = TextTable::default();
        for chunk in chunks {
            table.feed(chunk);
        }
        table.finish();
        table
    }

    #[test]
    fn comments_blanks_tabs_crlf_and_bom_are_understood() {
        let table = read(&[b"\xef\xbb\xbf# head\r\n\r\n10.0.0.0/8\tone two # why\r\n; note\n\
            \t192.0.2.1 a#b\n2001:db8::/32 #only\n::/0\tone two"]);
        let nets: Vec<_> = ["10.0.0.0/8", "192.0.2.1/32", "2001:db8::/32", "::/0"]
            .map(|t| parse_net(t.as_bytes()).expect("a literal of this test"))
            .into();
        assert_eq!(table.nets(), nets);
        assert_eq!(table.values(), [1, 2, 0, 1]);
        assert_eq!(table.texts().texts().collect::<Vec<_>>(), [&b"one two"[..], b"a#b"]);
        assert_eq!(table.bad_total(), 0);
    }

    #[test]
    fn bad_lines_keep_their_number_and_reason() {
        let table = read(&[b"x\n10.0.0.0/33 v\n\n10.0.0.0/8 \xff\n::/0"]);
        let found: Vec<_> = table.bad().iter().map(|bad| (bad.line, bad.reason)).collect();
        assert_eq!(
            found,
            [
                (1, BadReason::Prefix(parse_net(b"x").unwrap_err())),
                (2, BadReason::Prefix(parse_net(b"10.0.0.0/33").unwrap_err())),
                (4, BadReason::NotUtf8)
            ]
        );
        assert_eq!(table.nets().len(), 1);
    }

    proptest! {
        #[test]
        fn a_prefix_is_what_parse_net_takes(token in prop_oneof![
            "[0-9a-f:.%/]{1,24}",
            "(25[0-7]|[0-9]{1,3})(\\.(25[0-7]|0?[0-9]{1,2})){3}(/[0-9]{0,4})?",
            "[0-9a-f]{0,4}(:[0-9a-f]{0,4}){1,7}(%[a-z])?(/[0-9]{0,3})?",
        ]) {
            for line in [token.clone(), format!("{token} 10.0.0.0/8")] {
                let table = read(&[line.as_bytes()]);
                match parse_net(token.as_bytes()) {
                    Ok(net) => prop_assert_eq!(table.nets(), [net]),
                    Err(error) => {
                        prop_assert_eq!(table.bad()[0].reason, BadReason::Prefix(error));
                    }
                }
            }
        }

        #[test]
        fn the_cut_into_chunks_changes_nothing(text in "([0-9a-f:./# \r\n\t;]|10\\.0\\.0\\.0/8 ){0,80}",
                                               at in 0usize..100) {
            let bytes = text.as_bytes();
            let at = at.min(bytes.len());
            let (whole, parts) = (read(&[bytes]), read(&[&bytes[..at], &bytes[at..]]));
            prop_assert_eq!(whole.nets(), parts.nets());
            prop_assert_eq!(whole.values(), parts.values());
            prop_assert_eq!(whole.bad(), parts.bad());
        }
    }
}
