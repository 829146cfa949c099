//! Records out of a stream of chunks (RFC 6396 2 and 3).
//!
//! ```text
//!  0                   1                   2                   3
//!  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//! +-------------------------------+-------------------------------+
//! |                           Timestamp                           |
//! +-------------------------------+-------------------------------+
//! |             Type              |            Subtype            |
//! +-------------------------------+-------------------------------+
//! |                             Length                            |
//! +-------------------------------+-------------------------------+
//! |                      Message... (variable)
//! ```

use super::DecodeError;
use super::reader::Reader;

/// Longest record that is read, in bytes. Longer ones are reported and skipped without holding
/// them. A record of a prefix that 1,000 peers announce takes about 100 KB.
pub const MAX_RECORD: u32 = 16 << 20;

const HEADER: usize = 12;
const SECTION: &str = "RFC 6396 2";

/// The common header.
#[derive(Clone, Copy, Debug)]
pub struct Header {
    pub kind: u16,
    pub subtype: u16,
}

/// Cuts records; holds back at most one of them.
#[derive(Default)]
pub struct Stream {
    carry: Vec<u8>,
    offset: u64, // of carry's first byte
    skip: u64,   // bytes of an over-long record still to come
}

impl Stream {
    /// Hand each record that `chunk` completes, as header and body, to `sink`.
    pub fn feed(
        &mut self,
        chunk: &[u8],
        mut sink: impl FnMut(Result<(Header, Reader<'_>), DecodeError>),
    ) {
        let mut chunk = chunk;
        if self.carry.is_empty() {
            let used = self.cut(chunk, &mut sink);
            chunk = chunk.get(used..).unwrap_or_default();
            self.carry.extend_from_slice(chunk);
            return;
        }
        let mut carry = std::mem::take(&mut self.carry);
        carry.extend_from_slice(chunk);
        let used = self.cut(&carry, &mut sink);
        carry.drain(..used);
        self.carry = carry;
    }

    /// The file is over: a record that it cuts off is an error.
    pub fn finish(&mut self) -> Result<(), DecodeError> {
        let here = Reader::new(&self.carry, self.offset, SECTION);
        if self.skip > 0 || self.carry.len() >= HEADER {
            return Err(here.cut("record", "a whole one before the end of the file"));
        }
        if !self.carry.is_empty() {
            return Err(here.cut("header", "12 before the end of the file"));
        }
        Ok(())
    }

    /// Cut whole records off `bytes`; say how many bytes were used.
    fn cut(
        &mut self,
        bytes: &[u8],
        sink: &mut impl FnMut(Result<(Header, Reader<'_>), DecodeError>),
    ) -> usize {
        let mut at = 0;
        loop {
            if self.skip > 0 {
                let step = (bytes.len() - at).min(usize::try_from(self.skip).unwrap_or(usize::MAX));
                at += step;
                self.skip -= step as u64;
                self.offset += step as u64;
            }
            let mut reader = Reader::new(&bytes[at..], self.offset, SECTION);
            let Ok((header, length)) = header(&mut reader) else { return at };
            if length > MAX_RECORD {
                sink(Err(reader.error("length", length.into(), "at most 16777216 bytes")));
                self.skip = u64::from(length) + HEADER as u64;
                continue;
            }
            let Ok(body) = reader.part(length as usize, "record") else { return at };
            sink(Ok((header, body)));
            let step = HEADER + length as usize;
            at += step;
            self.offset += step as u64;
        }
    }
}

fn header(reader: &mut Reader<'_>) -> Result<(Header, u32), DecodeError> {
    reader.u32("timestamp")?;
    let header = Header { kind: reader.u16("type")?, subtype: reader.u16("subtype")? };
    Ok((header, reader.u32("length")?))
}

#[cfg(test)]
mod tests {
    use super::{MAX_RECORD, Stream};

    fn record(length: u32, body: &[u8]) -> Vec<u8> {
        [&[0, 0, 0, 1, 0, 13, 0, 2][..], &length.to_be_bytes(), body].concat()
    }

    fn lengths(chunks: &[&[u8]]) -> (Vec<Option<usize>>, bool) {
        let mut stream = Stream::default();
        let mut seen = Vec::new();
        for chunk in chunks {
            stream.feed(chunk, |found| seen.push(found.ok().map(|(_, body)| body.left())));
        }
        (seen, stream.finish().is_ok())
    }

    #[test]
    fn records_may_be_cut_anywhere_and_may_be_empty() {
        let file = [record(3, b"abc"), record(0, b""), record(1, b"x")].concat();
        for at in 0..=file.len() {
            let found = lengths(&[&file[..at], &file[at..]]);
            assert_eq!(found, (vec![Some(3), Some(0), Some(1)], true), "cut at {at}");
        }
    }

    #[test]
    fn an_over_long_record_is_skipped_without_being_held() {
        let long = record(MAX_RECORD + 1, b"");
        let body = vec![0u8; MAX_RECORD as usize + 1];
        let next = record(1, b"y");
        let (head, tail) = body.split_at(1000);
        assert_eq!(lengths(&[&long, head, tail, &next]), (vec![None, Some(1)], true));
        assert_eq!(lengths(&[&long, head]), (vec![None], false));
    }

    #[test]
    fn a_file_that_ends_inside_a_record_is_an_error() {
        let file = record(3, b"abc");
        for at in 1..file.len() {
            assert_eq!(lengths(&[&file[..at]]), (vec![], false), "cut at {at}");
        }
    }
}
