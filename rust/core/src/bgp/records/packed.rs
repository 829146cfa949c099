//! UPDATEs made of what is known of prefixes, as many prefixes in each as have the same attributes.

use std::collections::BTreeMap;

use crate::bgp::attributes::{Attributes, Draft, SetId, Store, codes};
use crate::bgp::family::Family;
use crate::bgp::out::{Audience, Block, Packer};

/// What is said of prefixes of one family; the last that is said of one counts.
#[derive(Debug)]
pub struct Speech {
    family: Family,
    /// By set, 0 for what is withdrawn: NLRI with their ends.
    said: BTreeMap<SetId, (Vec<u8>, Vec<usize>)>,
}

impl Speech {
    /// Nothing yet.
    #[must_use]
    pub const fn new(family: Family) -> Self {
        Self { family, said: BTreeMap::new() }
    }

    /// Say a prefix, which `write` appends; `set` 0: it is withdrawn.
    pub fn say(&mut self, set: SetId, path_id: Option<u32>, write: impl FnOnce(&mut Vec<u8>)) {
        let (nlri, ends) = self.said.entry(set).or_default();
        if let Some(path_id) = path_id {
            nlri.extend(path_id.to_be_bytes());
        }
        write(nlri);
        ends.push(nlri.len());
    }

    /// All of it as messages, one after the other; attributes that leave no room say nothing.
    #[must_use]
    pub fn messages(&self, store: &Store) -> Vec<u8> {
        let mut out = Vec::new();
        for (&set, (nlri, ends)) in &self.said {
            let bytes = store.get(set).map(super::super::attributes::AttributeSet::bytes);
            out.extend(updates(self.family, bytes, nlri, ends, usize::from(u16::MAX)));
        }
        out
    }
}

/// The UPDATEs that announce prefixes with canonical attributes, or withdraw them without.
///
/// `ends`: where each of the prefixes ends in `nlri`. None is longer than `longest`.
#[must_use]
pub fn updates(
    family: Family,
    canonical: Option<&[u8]>,
    nlri: &[u8],
    ends: &[usize],
    longest: usize,
) -> Vec<u8> {
    let mut block = Block::default();
    // where the next hop is ourselves: none that means anything
    let hop_length = if family.afi == 1 { 4 } else { 16 };
    let packer = Packer { family, longest, as4: true, hop_length };
    let mut from = 0;
    let prefixes = ends.iter().map(|&end| {
        let one = nlri.get(from..end).unwrap_or_default();
        from = end;
        one
    });
    match canonical {
        Some(bytes) => {
            let bytes = on_the_wire(bytes);
            packer.announce(&mut block, &bytes, prefixes, Audience::All);
        }
        None => packer.withdraw(&mut block, prefixes, Audience::All),
    }
    block.octets
}

/// Canonical bytes without what is ours alone: scopes of link-local next hops, the weight, and what
/// goes with opaque prefixes.
pub(super) fn on_the_wire(canonical: &[u8]) -> Vec<u8> {
    let mut draft = Draft::of(canonical);
    draft.remove(codes::WEIGHT);
    draft.remove(codes::MP_REACH_NLRI);
    let hop = Attributes(canonical).value(codes::NEXT_HOP).unwrap_or_default();
    if let Some(bare) = hop.len().checked_sub(4).filter(|_| matches!(hop.len(), 20 | 36)) {
        let bare = hop.get(..bare).unwrap_or_default();
        draft.set(codes::TRANSITIVE, codes::NEXT_HOP, bare);
    }
    draft.bytes()
}
