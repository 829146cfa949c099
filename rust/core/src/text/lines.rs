//! Lines out of chunks, each bounded.

use memchr::memchr;

/// Longest line that is read, in bytes; longer ones are reported and skipped.
pub const MAX_LINE: usize = 64 * 1024;

/// What the cutter found.
pub enum Line<'a> {
    /// A whole line without its newline.
    Whole(&'a [u8]),
    /// A line that exceeds [`MAX_LINE`]: its first bytes.
    TooLong(&'a [u8]),
}

/// Cuts a stream of chunks at newlines; holds back at most [`MAX_LINE`] bytes.
#[derive(Default)]
pub struct Lines {
    carry: Vec<u8>,
    skipping: bool, // inside the rest of an over-long line
}

impl Lines {
    /// Hand each line that `chunk` completes to `sink`.
    pub fn feed(&mut self, mut chunk: &[u8], mut sink: impl FnMut(Line<'_>)) {
        if self.skipping || !self.carry.is_empty() {
            let Some(end) = newline(chunk) else {
                self.hold(chunk, &mut sink);
                return;
            };
            self.hold(&chunk[..end], &mut sink);
            if !std::mem::take(&mut self.skipping) {
                sink(Line::Whole(&self.carry));
            }
            self.carry.clear();
            chunk = &chunk[end + 1..];
        }
        while let Some(end) = newline(chunk) {
            let line = &chunk[..end];
            sink(if end > MAX_LINE { Line::TooLong(line) } else { Line::Whole(line) });
            chunk = &chunk[end + 1..];
        }
        self.hold(chunk, &mut sink);
    }

    /// The last line, where the stream does not end with a newline.
    pub fn finish(&mut self, mut sink: impl FnMut(Line<'_>)) {
        if !std::mem::take(&mut self.skipping) && !self.carry.is_empty() {
            sink(Line::Whole(&self.carry));
        }
        self.carry.clear();
    }

    fn hold(&mut self, part: &[u8], sink: &mut impl FnMut(Line<'_>)) {
        if self.skipping {
            return;
        }
        let room = MAX_LINE - self.carry.len().min(MAX_LINE);
        self.carry.extend_from_slice(&part[..part.len().min(room)]);
        if part.len() > room {
            sink(Line::TooLong(&self.carry));
            self.carry.clear();
            self.skipping = true;
        }
    }
}

fn newline(bytes: &[u8]) -> Option<usize> {
    memchr(b'\n', bytes)
}

#[cfg(test)]
mod tests {
    use super::{Line, Lines, MAX_LINE};

    fn cut(chunks: &[&[u8]]) -> Vec<(bool, usize)> {
        let mut lines = Lines::default();
        let mut seen = Vec::new();
        let mut sink = |line: Line<'_>| match line {
            Line::Whole(text) => seen.push((true, text.len())),
            Line::TooLong(text) => seen.push((false, text.len().min(MAX_LINE))),
        };
        for chunk in chunks {
            lines.feed(chunk, &mut sink);
        }
        lines.finish(&mut sink);
        seen
    }

    #[test]
    fn a_line_may_span_many_chunks_and_the_last_needs_no_newline() {
        assert_eq!(
            cut(&[b"ab", b"", b"c\nd", b"\n\nxyz"]),
            [(true, 3), (true, 1), (true, 0), (true, 3)]
        );
        assert_eq!(cut(&[b"ab\n"]), [(true, 2)]);
        assert_eq!(cut(&[]), []);
    }

    #[test]
    fn an_endless_line_is_reported_once_and_never_held() {
        let block = [b'x'; 4096];
        let mut chunks: Vec<&[u8]> = vec![&block; 64];
        chunks.push(b"tail\nnext\n");
        assert_eq!(cut(&chunks), [(false, MAX_LINE), (true, 4)]);
        let whole = [&vec![b'x'; MAX_LINE + 1][..], b"\nnext"].concat();
        assert_eq!(cut(&[&whole]), [(false, MAX_LINE), (true, 4)]);
        let fits = [&vec![b'x'; MAX_LINE][..], b"\nnext"].concat();
        assert_eq!(cut(&[&fits]), [(true, MAX_LINE), (true, 4)]);
        assert_eq!(cut(&[&fits[..10], &fits[10..]]), [(true, MAX_LINE), (true, 4)]);
    }
}
