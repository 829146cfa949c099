//! A few thousand rows, split by family: small enough that parsed addresses are still in the
//! cache when they are looked up.

use super::report::BulkReport;
use super::source::{Column, Source};
use crate::addr::Ip;
use crate::addr::column::Parser;
use crate::lpm::Lookup;

/// Rows of a block. Addresses and answers of both families then take 64 KB.
pub const ROWS: usize = 2048;

/// The addresses of a block, and the rows that they came from.
pub struct Block {
    parser: Parser,
    four: Vec<u32>,
    four_at: Vec<u16>,
    six: Vec<[u8; 16]>,
    six_at: Vec<u16>,
    found: Vec<u32>,
}

impl Block {
    /// An empty block that parses with this processor's best instructions.
    pub fn new(parser: Parser) -> Block {
        Block {
            parser,
            four: Vec::with_capacity(ROWS),
            four_at: Vec::with_capacity(ROWS),
            six: Vec::with_capacity(ROWS),
            six_at: Vec::with_capacity(ROWS),
            found: vec![0; ROWS],
        }
    }

    /// Look up the rows from `first` on, as many as `out` is long (at most [`ROWS`]).
    pub fn lookup<L: Lookup>(
        &mut self,
        table: &L,
        source: &Source<'_>,
        first: usize,
        out: &mut [u32],
        report: &mut BulkReport,
    ) {
        self.four.clear();
        self.four_at.clear();
        self.six.clear();
        self.six_at.clear();
        self.fill(source, first, out.len(), report);
        if self.six.is_empty() && self.four.len() == out.len() {
            table.lookup4(&self.four, out);
        } else if self.four.is_empty() && self.six.len() == out.len() {
            table.lookup6(&self.six, out);
        } else {
            out.fill(0);
            table.lookup4(&self.four, &mut self.found);
            scatter(&self.four_at, &self.found, out);
            table.lookup6(&self.six, &mut self.found);
            scatter(&self.six_at, &self.found, out);
        }
    }

    #[inline(always)]
    fn push(&mut self, at: usize, ip: Ip) {
        match ip {
            Ip::V4(address) => {
                self.four.push(address);
                self.four_at.push(at as u16);
            }
            Ip::V6(address) => {
                self.six.push(address.to_be_bytes());
                self.six_at.push(at as u16);
            }
        }
    }

    fn fill(&mut self, source: &Source<'_>, first: usize, rows: usize, report: &mut BulkReport) {
        let present = (0..rows).filter(|at| source.is_valid(first + at));
        match &source.column {
            Column::Texts(texts) => {
                let rows = present.map(|at| (at, texts.span(first + at)));
                self.parser.each(rows, |at, ip| match ip {
                    Some(ip) => self.push(at, ip),
                    None => report.push(source, first + at),
                });
            }
            Column::Mixed(addresses) => {
                for at in present {
                    if let Some(Some(ip)) = addresses.get(first + at) {
                        self.push(at, *ip);
                    }
                }
            }
            Column::Dictionary(..) | Column::Nulls(_) => {}
            column => {
                for at in present {
                    match column.get(first + at) {
                        Some(ip) => self.push(at, ip),
                        None => report.push(source, first + at),
                    }
                }
            }
        }
    }
}

/// Write each answer to the row that asked.
fn scatter(at: &[u16], found: &[u32], out: &mut [u32]) {
    for (&at, &found) in at.iter().zip(found) {
        if let Some(cell) = out.get_mut(usize::from(at)) {
            *cell = found;
        }
    }
}
