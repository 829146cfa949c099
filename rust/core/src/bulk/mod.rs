//! Whole columns against a table: parse, split by family, look up, write out, block by block.
//!
//! A row is an address, a null (answer 0) or bad (answer 0, counted and reported). Columns that
//! already are what a table takes go to it as they lie. A dictionary is looked up once and its
//! answers are then taken by key. Rows are shared out to threads in disjoint runs.

mod block;
mod report;
mod source;

use std::ops::Range;
use std::thread;

pub use report::{BadRow, BulkReport, KEPT, Reason};
pub use source::{Column, Family, Halves, Numbers, Source, Texts, Validity};

use crate::addr::column::Parser;
use crate::lpm::Lookup;
use block::Block;

/// Rows below which one more thread costs more than it brings.
const SHARE: usize = 1 << 15;

/// Look up every row of `source`; `out` receives one index a row, 0 for no match, null and bad.
///
/// `threads` of 0 uses all cores. Rows past the end of `out` are not looked up.
pub fn lookup_source<L: Lookup>(
    table: &L,
    source: &Source<'_>,
    out: &mut [u32],
    threads: usize,
) -> BulkReport {
    lookup_keeping(table, source, out, threads, KEPT)
}

/// [`lookup_source`] with a report that keeps `room` bad rows.
fn lookup_keeping<L: Lookup>(
    table: &L,
    source: &Source<'_>,
    out: &mut [u32],
    threads: usize,
    room: usize,
) -> BulkReport {
    let rows = source.column.len().min(out.len());
    let out = &mut out[..rows];
    let entries = match &source.column {
        Column::Dictionary(_, values) => Some(Entries::of(table, values, threads)),
        _ => None,
    };
    shared(
        out,
        threads,
        &|out, rows, report| match (&source.column, &entries) {
            (Column::Dictionary(keys, _), Some(entries)) => {
                take(source, keys, entries, out, rows, report);
            }
            _ => lookup_run(table, source, out, rows, report),
        },
        room,
    )
}

/// What one thread does: fill its run of answers, whose rows in the source are these.
type Work<'a> = dyn Fn(&mut [u32], Range<usize>, &mut BulkReport) + Sync + 'a;

/// Do `work` on runs of `out`, one a thread, and join the reports in order.
fn shared(out: &mut [u32], threads: usize, work: &Work<'_>, room: usize) -> BulkReport {
    let rows = out.len();
    let wanted = match threads {
        0 => thread::available_parallelism().map_or(1, usize::from),
        some => some,
    };
    let run = rows.div_ceil(wanted.min(rows / SHARE).max(1)).max(1);
    let report_on = move |at: usize, out: &mut [u32]| {
        let mut report = BulkReport::keeping(room);
        let rows = at * run..at * run + out.len();
        work(out, rows, &mut report);
        report
    };
    thread::scope(|scope| {
        let mut runs = out.chunks_mut(run).enumerate();
        let first = runs.next();
        let others: Vec<_> =
            runs.map(|(at, out)| scope.spawn(move || report_on(at, out))).collect();
        let mut report = BulkReport::keeping(room);
        if let Some((at, out)) = first {
            report.append(report_on(at, out), 0);
        }
        for other in others {
            match other.join() {
                Ok(next) => report.append(next, 0),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        report
    })
}

/// One thread's rows; their numbers in the report are the source's.
fn lookup_run<L: Lookup>(
    table: &L,
    source: &Source<'_>,
    out: &mut [u32],
    rows: Range<usize>,
    report: &mut BulkReport,
) {
    match (&source.column, source.validity) {
        (Column::V4(addresses), None) => {
            table.lookup4(addresses.get(rows).unwrap_or_default(), out);
        }
        (Column::V6(addresses), None) => {
            table.lookup6(addresses.get(rows).unwrap_or_default(), out);
        }
        (Column::Nulls(_), _) => out.fill(0),
        _ => {
            let mut block = Block::new(Parser::detect());
            for (at, out) in out.chunks_mut(block::ROWS).enumerate() {
                block.lookup(table, source, rows.start + at * block::ROWS, out, report);
            }
        }
    }
}

/// The answers of a dictionary's entries.
struct Entries {
    found: Vec<u32>,
    /// Entries that are present and no address; empty where there are none.
    bad: Vec<bool>,
}

impl Entries {
    fn of<L: Lookup>(table: &L, values: &Source<'_>, threads: usize) -> Entries {
        let mut found = vec![0; values.column.len()];
        let report = lookup_keeping(table, values, &mut found, threads, usize::MAX);
        let mut bad = Vec::new();
        if report.bad > 0 {
            bad.resize(found.len(), false);
        }
        for entry in report.first {
            if let Some(bad) = bad.get_mut(entry.row) {
                *bad = true;
            }
        }
        Entries { found, bad }
    }
}

/// Answers by key.
fn take(
    source: &Source<'_>,
    keys: &Numbers<'_>,
    entries: &Entries,
    out: &mut [u32],
    rows: Range<usize>,
    report: &mut BulkReport,
) {
    for (cell, row) in out.iter_mut().zip(rows) {
        *cell = 0;
        if !source.is_valid(row) {
            continue;
        }
        let key = keys.get(row).and_then(|key| usize::try_from(key).ok());
        match key.and_then(|key| Some((key, *entries.found.get(key)?))) {
            Some((key, found)) => {
                *cell = found;
                if entries.bad.get(key) == Some(&true) {
                    report.push(source, row);
                }
            }
            None => report.push(source, row),
        }
    }
}

#[cfg(test)]
mod tests;
