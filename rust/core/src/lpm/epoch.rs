//! When memory that a reader may still look at can be used again.
//!
//! A reader holds the token of the epoch in which it began. What a change takes out of use waits
//! in the list of the epoch in which that happened, and comes back when no reader of that epoch
//! or of an earlier one is left. Readers never wait; the writer only ever looks.

use std::collections::VecDeque;
use std::sync::Arc;

/// Held by a reader; says nothing but that it is there.
pub type Token = Arc<()>;

/// Things of kind `T` that wait for readers to leave.
pub struct Limbo<T> {
    epochs: VecDeque<(Token, Vec<T>)>,
}

impl<T> Default for Limbo<T> {
    fn default() -> Self {
        Limbo { epochs: VecDeque::from([(Token::default(), Vec::new())]) }
    }
}

impl<T> Limbo<T> {
    /// The token for readers who begin now.
    pub fn token(&self) -> Token {
        // there is always a current epoch: `default` makes one and `advance` adds before it takes
        self.epochs.back().map(|(token, _)| token.clone()).unwrap_or_default()
    }

    /// Let `thing` wait until all present readers are gone.
    pub fn retire(&mut self, thing: T) {
        if let Some((_, things)) = self.epochs.back_mut() {
            things.push(thing);
        }
    }

    /// Whether anything was retired in the present epoch.
    pub fn is_stirred(&self) -> bool {
        self.epochs.back().is_some_and(|(_, things)| !things.is_empty())
    }

    /// Begin a new epoch; from here on readers get the new token.
    pub fn advance(&mut self) {
        self.epochs.push_back((Token::default(), Vec::new()));
    }

    /// Whether a reader holds a token, apart from one `handed` that waits for the next reader.
    pub fn is_watched(&self, handed: &Token) -> bool {
        self.epochs.iter().any(|(token, _)| {
            let idle = 1 + usize::from(Arc::ptr_eq(token, handed));
            Arc::strong_count(token) > idle
        })
    }

    /// Hand out what no reader can see any more. Readers that hold no token must be gone.
    pub fn drain(&mut self, mut reuse: impl FnMut(T)) {
        while self.epochs.len() > 1 {
            let Some((token, _)) = self.epochs.front_mut() else { return };
            if Arc::get_mut(token).is_none() {
                return;
            }
            if let Some((_, things)) = self.epochs.pop_front() {
                things.into_iter().for_each(&mut reuse);
            }
        }
    }

    /// What waits.
    #[cfg(test)]
    pub fn waiting(&self) -> impl Iterator<Item = &T> {
        self.epochs.iter().flat_map(|(_, things)| things)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drained(limbo: &mut Limbo<u32>) -> Vec<u32> {
        let mut out = Vec::new();
        limbo.drain(|thing| out.push(thing));
        out
    }

    #[test]
    fn a_thing_waits_for_every_reader_that_began_before_it_was_retired() {
        let mut limbo = Limbo::default();
        let early = limbo.token();
        limbo.retire(1);
        limbo.advance();
        let late = limbo.token();
        limbo.retire(2);
        limbo.advance();
        assert_eq!(drained(&mut limbo), [0u32; 0]);
        let handed = limbo.token();
        assert!(limbo.is_watched(&handed));
        drop(late);
        assert_eq!(drained(&mut limbo), [0u32; 0], "an earlier reader is still there");
        drop(early);
        assert_eq!(drained(&mut limbo), [1, 2]);
        assert_eq!(limbo.waiting().count(), 0);
        assert!(!limbo.is_watched(&handed));
        let reader = handed.clone();
        assert!(limbo.is_watched(&handed));
        drop(reader);
    }
}
