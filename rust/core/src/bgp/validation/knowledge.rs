//! `Rpki`: all that a table of BGP asks, as of one moment.

use std::sync::Arc;

use super::{Aspas, Direction, PathState, State, VrpTable};
use crate::addr::Net;
use crate::bgp::attributes::as_path::measure;
use crate::bgp::policy::Validates;

/// Who may originate what, who provides for whom, and who we are.
#[derive(Clone, Debug, Default)]
pub struct Rpki {
    /// The VRPs.
    pub vrps: Arc<VrpTable>,
    /// The ASPAs.
    pub aspas: Arc<Aspas>,
    /// Our AS: the origin of paths that begin here (RFC 6811 2).
    pub asn: u32,
}

impl Rpki {
    /// The origin of a path: ours if it has no AS outside of our confederation, NONE, which is 0,
    /// if it ends in a set.
    #[must_use]
    pub fn origin(&self, path: &[u8]) -> u32 {
        let measured = measure(path);
        if measured.length == 0 { self.asn } else { measured.origin }
    }
}

impl Validates for Rpki {
    fn validity(&self, net: Net, path: &[u8]) -> State {
        self.vrps.validate(net, self.origin(path))
    }

    fn verify(&self, path: &[u8], neighbor: Option<u32>, direction: Direction) -> PathState {
        self.aspas.verify(path, neighbor, direction)
    }
}

#[cfg(test)]
mod tests {
    use super::Rpki;

    #[test]
    fn paths_that_begin_here_are_ours_and_sets_are_nobodys() {
        let rpki = Rpki { asn: 9, ..Rpki::default() };
        assert_eq!(rpki.origin(&[]), 9);
        assert_eq!(rpki.origin(&[3, 1, 0, 0, 0, 7]), 9);
        assert_eq!(rpki.origin(&[2, 1, 0, 0, 0, 7]), 7);
        assert_eq!(rpki.origin(&[2, 1, 0, 0, 0, 7, 1, 1, 0, 0, 0, 8]), 0);
    }
}
