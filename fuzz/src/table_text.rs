//! Any bytes make rows and counted bad lines, the same however the file is cut into chunks; each
//! row's prefix prints as text that parses to it, and no value is invented.

use fingerpost_core::addr::parse_net;
use fingerpost_core::text::{MAX_BAD, TextTable};

use super::chunks::chunks;

fn read<'a>(parts: impl Iterator<Item = &'a [u8]>) -> TextTable {
    let mut table = TextTable::default();
    parts.for_each(|part| table.feed(part));
    table.finish();
    table
}

pub fn check(data: &[u8]) {
    let table = read(std::iter::once(data));
    check_same(&table, &read(chunks(data)));
    let lines = data.split(|&byte| byte == b'\n').count() as u64;
    assert!(table.nets().len() as u64 + table.bad_total() <= lines);
    assert_eq!(table.bad().len() as u64, table.bad_total().min(MAX_BAD as u64));
    assert!(table.bad().is_sorted_by(|a, b| a.line < b.line));
    assert!(table.bad().iter().all(|bad| (1..=lines).contains(&bad.line)));
    assert_eq!(table.nets().len(), table.values().len());
    for &net in table.nets() {
        assert_eq!(parse_net(net.to_string().as_bytes()), Ok(net));
    }
    let texts: Vec<&[u8]> = table.texts().texts().collect();
    assert!(table.values().iter().all(|&value| value as usize <= texts.len()));
    for (id, text) in texts.iter().enumerate() {
        assert!(std::str::from_utf8(text).is_ok() && !text.is_empty());
        assert!(table.values().contains(&(id as u32 + 1)), "value {id} is of no row");
        assert!(data.windows(text.len()).any(|window| window == *text));
    }
    // Held memory follows the input; the constant is the interner's first slots.
    assert!(table.memory() <= 4096 + 256 * data.len());
}

fn check_same(a: &TextTable, b: &TextTable) {
    assert_eq!(a.nets(), b.nets());
    assert_eq!(a.values(), b.values());
    assert!(a.texts().texts().eq(b.texts().texts()));
    assert_eq!(a.bad_total(), b.bad_total());
    assert_eq!(a.bad(), b.bad());
}
