//! Octets of a session that were not read yet.

/// What waits: at most one message that is not whole, and whole ones that the budget or a message
/// for Python left. What was read is moved away only when it is more than what was not, so that each
/// octet is moved a few times at most, however it comes and however it is read.
#[derive(Debug, Default)]
pub(super) struct Pending {
    octets: Vec<u8>,
    /// How many of them were read.
    read: usize,
    /// How many octets were moved, for tests.
    #[cfg(test)]
    pub(super) moved: usize,
}

impl Pending {
    /// Whether nothing waits.
    pub(super) const fn is_empty(&self) -> bool {
        self.read >= self.octets.len()
    }

    /// Have more wait.
    pub(super) fn extend(&mut self, data: &[u8]) {
        if self.read > self.octets.len() / 2 {
            self.count(self.octets.len() - self.read);
            self.octets.drain(..self.read);
            self.read = 0;
        }
        self.count(data.len());
        self.octets.extend_from_slice(data);
    }

    /// What waits.
    pub(super) fn unread(&self) -> &[u8] {
        self.octets.get(self.read..).unwrap_or_default()
    }

    /// So many were read. Where nothing waits any more no room is held.
    pub(super) fn advance(&mut self, count: usize) {
        self.read = self.read.saturating_add(count);
        if self.is_empty() {
            self.octets = Vec::new();
            self.read = 0;
        }
    }

    /// Bytes of memory held.
    pub(super) fn memory(&self) -> usize {
        self.octets.capacity()
    }

    /// Forget all.
    pub(super) fn clear(&mut self) {
        (self.octets, self.read) = (Vec::new(), 0);
    }

    #[allow(unused_variables, clippy::unused_self)] // tests alone count
    fn count(&mut self, octets: usize) {
        #[cfg(test)]
        {
            self.moved += octets;
        }
    }
}
