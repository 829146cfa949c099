//! The ledger held against a dump: the kernel is right about what it has.

use std::collections::BTreeMap;

use super::dump::Dump;
use super::key::Key;
use super::ledger::{Drift, Ledger, Uses};
use super::side::{Entry, Side};
use super::{NONE, OTHER};

impl Ledger {
    /// Take over what the kernel has. `ways` says which way each tail of the dump is; `NONE` leaves
    /// its rows out. `spares`: what nobody said anything of is let be, until `sweep`.
    ///
    /// All that differs from what is wanted is tried (again) at the next sync.
    pub fn reconcile(&mut self, dump: &mut Dump, ways: &[u32], spares: bool) -> Drift {
        let mut drift = Drift::default();
        let take = |rows| std::mem::take(rows);
        self.v4.reconcile(take(&mut dump.v4), ways, spares, &mut self.uses, &mut drift);
        let take = |rows| std::mem::take(rows);
        self.v6.reconcile(take(&mut dump.v6), ways, spares, &mut self.uses, &mut drift);
        drift
    }
}

impl<K: Key> Side<K> {
    fn reconcile(
        &mut self,
        mut rows: Vec<(K, u32)>,
        ways: &[u32],
        spares: bool,
        uses: &mut Uses,
        drift: &mut Drift,
    ) {
        let way_of = |tail: u32| ways.get(tail as usize).copied().unwrap_or(NONE);
        rows.retain(|&(_, tail)| way_of(tail) != NONE);
        rows.sort_unstable_by_key(|row| row.0);
        rows.dedup_by_key(|row| row.0);
        self.dirty.clear();
        self.is_scattered = false;
        self.refused.clear();
        let mut rows = rows.into_iter().peekable();
        let mut entries = std::mem::take(&mut self.entries).into_iter().peekable();
        let absent = Entry { want: NONE, held: NONE };
        let dirty = &mut self.dirty;
        let merged = std::iter::from_fn(|| {
            let row = rows.peek().map(|row| row.0);
            let entry = entries.peek().map(|entry| entry.0);
            let key = row.into_iter().chain(entry).min()?;
            let mut entry = entries.next_if(|entry| entry.0 == key).map_or(absent, |entry| entry.1);
            let found = rows.next_if(|row| row.0 == key).map_or(NONE, |row| way_of(row.1));
            match (entry.held, found) {
                (NONE, NONE) => {}
                (before, after) if before == after => drift.kept += 1,
                (NONE, _) => drift.strange += 1,
                (_, NONE) => drift.missing += 1,
                _ => drift.changed += 1,
            }
            // what the ledger had and nobody wants any more is not spared: somebody said so
            let is_strange = entry.held == NONE && found != NONE;
            uses.holds(entry.held, found);
            entry.held = found;
            let wanted = match entry.want {
                NONE if spares && is_strange => OTHER,
                OTHER if !spares || found == NONE => NONE,
                want => want,
            };
            uses.wants(entry.want, wanted);
            entry.want = wanted;
            if !entry.is_settled() {
                dirty.push(key);
            }
            Some((key, entry))
        });
        let kept = merged.filter(|(_, entry)| entry.want != NONE || entry.held != NONE);
        self.entries = kept.collect::<BTreeMap<_, _>>();
    }
}
