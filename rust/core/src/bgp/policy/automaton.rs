//! `Automaton`: an AS-path expression as a table; a path costs one look an octet of its text.

use crate::bgp::attributes::as_path::{CONFED_SEQUENCE, CONFED_SET, SEQUENCE, Segment, Segments};

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

    /// Whether the value of an AS_PATH fits, as its text would.
    #[must_use]
    pub fn fits_path(&self, path: &[u8]) -> bool {
        let mut segments = Segments(path);
        match (segments.next(), segments.next()) {
            (Some(only), None) if only.kind == SEQUENCE => self.fits_sequence(only),
            _ => self.fits(&text_of(path)),
        }
    }

    /// The same for what nearly all paths are, without writing any text.
    fn fits_sequence(&self, segment: Segment<'_>) -> bool {
        let (mut state, mut is_first) = (0, true);
        for mut number in segment.numbers() {
            if !is_first {
                state = self.after(state, b' ');
            }
            is_first = false;
            let (mut digits, mut from) = ([0; 10], 10);
            while let Some(place) = digits.get_mut(..from).and_then(<[u8]>::last_mut) {
                *place = b'0' + (number % 10) as u8;
                number /= 10;
                from -= 1;
                if number == 0 {
                    break;
                }
            }
            for &digit in digits.get(from..).unwrap_or_default() {
                state = self.after(state, digit);
            }
            if self.ends.get(state) == Some(&ALWAYS) {
                return true;
            }
        }
        self.ends.get(state).is_some_and(|&end| end != NEVER)
    }

    #[inline]
    fn after(&self, state: usize, one: u8) -> usize {
        let group = self.groups.get(usize::from(one & 0x7F)).copied().unwrap_or(0);
        let next = self.table.get(state * self.width + usize::from(group));
        usize::from(next.copied().unwrap_or(0))
    }

    /// Whether a path, as text, fits.
    #[must_use]
    pub fn fits(&self, text: &[u8]) -> bool {
        let mut state = 0;
        for &one in text {
            state = self.after(state, one);
            if self.ends.get(state) == Some(&ALWAYS) {
                return true;
            }
        }
        self.ends.get(state).is_some_and(|&end| end != NEVER)
    }
}

/// A path as operators write it: "65001 65002 {1,2} (64512 64513)".
fn text_of(path: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(path.len() * 2);
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
            push_number(&mut text, number);
        }
        text.extend(last);
    }
    text
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
