//! A column of texts gets, from every parser of this processor, the verdicts that its texts get
//! one by one.

use fingerpost_core::addr::column::{Parser, Span};
use fingerpost_core::addr::parse_zoned;

pub fn check(data: &[u8]) {
    let mut rows = Vec::new();
    let mut start = 0;
    for line in data.split(|&byte| byte == b'\n') {
        rows.push(Span::new(data, start, start + line.len()));
        start += line.len() + 1;
    }
    assert!(rows.iter().all(Option::is_some));
    for parser in Parser::all() {
        let mut next = 0;
        parser.each(rows.iter().copied().enumerate(), |row, found| {
            assert_eq!(row, next);
            let text = rows[row].map(Span::text).unwrap_or_default();
            let alone = parse_zoned(text).ok().map(|(ip, _)| ip);
            assert_eq!(found, alone, "{parser:?} on {:?}", String::from_utf8_lossy(text));
            next += 1;
        });
        assert_eq!(next, rows.len());
    }
}
