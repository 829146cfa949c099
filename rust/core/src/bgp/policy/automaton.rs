//! `Automaton`: an AS-path expression as a table; a path costs one look an octet of its text.

use crate::bgp::attributes::as_path::{CONFED_SEQUENCE, CONFED_SET, SEQUENCE, Segments};

/// A state where the path does not fit.
const NEVER: u8 = 0;
/// A state where it does, whatever follows.
const ALWAYS: u8 = 2;

/// What `fingerpost.policy.automaton` makes of an expression.
#[derive(Clone, Debug)]
pub struct Automaton {
    groups: [u8; 128],
    width: usize,
    table: Box<[u16]>,
    ends: Box<[u8]>,
}

impl Automaton {
    /// `table[state * width + group]` is the next state, `groups` the group of each character,
    /// `ends` tells for each state whether a path fits that ends there. None where these do not
    /// belong together.
    #[must_use]
    pub fn new(groups: [u8; 128], width: usize, table: Vec<u16>, ends: Vec<u8>) -> Option<Self> {
        let is_whole = width > 0
            && table.len() == width.checked_mul(ends.len())?
            && table.iter().all(|&state| usize::from(state) < ends.len())
            && groups.iter().all(|&group| usize::from(group) < width);
        is_whole.then(|| Self { groups, width, table: table.into(), ends: ends.into() })
    }

    /// Whether the value of an AS_PATH fits; `text` is room that is used again.
    #[must_use]
    pub fn fits_path(&self, path: &[u8], text: &mut Vec<u8>) -> bool {
        text.clear();
        write_text(path, text);
        self.fits(text)
    }

    /// Whether a path, as text, fits.
    #[must_use]
    pub fn fits(&self, text: &[u8]) -> bool {
        let mut state = 0;
        for &one in text {
            let group = self.groups.get(usize::from(one & 0x7F)).copied().unwrap_or(0);
            let next = self.table.get(state * self.width + usize::from(group));
            state = usize::from(next.copied().unwrap_or(0));
            if self.ends.get(state) == Some(&ALWAYS) {
                return true;
            }
        }
        self.ends.get(state).is_some_and(|&end| end != NEVER)
    }
}

/// A path as operators write it: "65001 65002 {1,2} (64512 64513)".
pub(super) fn text_of(path: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(path.len() * 2);
    write_text(path, &mut text);
    text
}

/// Write a path as text behind what stands there.
fn write_text(path: &[u8], text: &mut Vec<u8>) {
    for segment in Segments(path) {
        let (first, between, last) = match segment.kind {
            SEQUENCE => (None, b' ', None),
            CONFED_SEQUENCE => (Some(b'('), b' ', Some(b')')),
            CONFED_SET => (Some(b'['), b',', Some(b']')),
            _ => (Some(b'{'), b',', Some(b'}')),
        };
        if !text.is_empty() {
            text.push(b' ');
        }
        text.extend(first);
        for (at, number) in segment.numbers().enumerate() {
            if at > 0 {
                text.push(between);
            }
            push_number(text, number);
        }
        text.extend(last);
    }
}

fn push_number(text: &mut Vec<u8>, mut number: u32) {
    let start = text.len();
    loop {
        text.push(b'0' + (number % 10) as u8);
        number /= 10;
        if number == 0 {
            break;
        }
    }
    if let Some(digits) = text.get_mut(start..) {
        digits.reverse();
    }
}
