//! Ageing (RFC 2328 14): what reaches MaxAge is flooded once more, to be taken out by all.

use super::database::Database;
use super::lsa::LsaKey;
use super::store::Name;

impl Database {
    /// Flood what has reached MaxAge by itself; scope and key of each.
    pub fn pass_time(&mut self, now: i64) -> Vec<Name> {
        let mut dead = Vec::new();
        while let Some(slot) = self.store.take_dead(now) {
            dead.extend(self.store.get(slot).map(|entry| (entry.scope, entry.key)));
            self.flood_dying(slot, now);
        }
        dead
    }

    /// Make an LSA MaxAge before its time and flood it (RFC 2328 14.1); false if it is not there or
    /// about to go already.
    pub fn flush(&mut self, scope: u32, key: LsaKey, now: i64) -> bool {
        let Some(slot) = self.store.slot(scope, key) else { return false };
        if !self.store.kill(slot, now) {
            return false;
        }
        self.flood_dying(slot, now);
        true
    }

    fn flood_dying(&mut self, slot: u32, now: i64) {
        self.flood_slot(slot, now, None, false);
        self.settle(slot);
    }
}
