//! Two lists of edges walked together, from the lowest address to the highest.

use super::word::Word;

/// Every address at which either set begins or ends, with what holds from there on.
pub(super) struct Sweep<'a, T> {
    a: &'a [T],
    b: &'a [T],
    i: usize,
    j: usize,
}

impl<'a, T: Word> Sweep<'a, T> {
    pub(super) fn new(a: &'a [T], b: &'a [T]) -> Self {
        Sweep { a, b, i: 0, j: 0 }
    }
}

impl<T: Word> Iterator for Sweep<'_, T> {
    /// The address, whether it is in the first set, whether it is in the second.
    type Item = (T, bool, bool);

    fn next(&mut self) -> Option<Self::Item> {
        let (a, b) = (self.a.get(self.i), self.b.get(self.j));
        let at = match (a, b) {
            (None, None) => return None,
            (Some(&x), None) | (None, Some(&x)) => x,
            (Some(&x), Some(&y)) => x.min(y),
        };
        self.i += usize::from(a == Some(&at));
        self.j += usize::from(b == Some(&at));
        Some((at, self.i & 1 == 1, self.j & 1 == 1))
    }
}

/// The edges of the set whose members `keep` picks by their membership in `a` and `b`.
/// `keep(false, false)` must be false: what is in neither is outside.
pub(super) fn combine<T: Word>(a: &[T], b: &[T], keep: impl Fn(bool, bool) -> bool) -> Vec<T> {
    let mut out = Vec::with_capacity(a.len() + b.len());
    let mut inside = false;
    for (at, in_a, in_b) in Sweep::new(a, b) {
        let now = keep(in_a, in_b);
        if now != inside {
            out.push(at);
            inside = now;
        }
    }
    out.shrink_to_fit();
    out
}
