//! What decides between the ways to a destination, as it is told.

/// Why a way is used or is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// It is the route, or one of its equal parts (RFC 2328 16.8).
    Used,
    /// The vertex or advertising router cannot be reached.
    Unreachable,
    /// There is a way, but no next hop for it is known.
    NoNextHop,
    /// Its advertising router is no area border router (RFC 2328 16.2 step 4).
    NotBorder,
    /// An area border router looks at summaries of the backbone alone (RFC 2328 16.2).
    NotBackbone,
    /// It is an active range of our own (RFC 2328 16.2 step 3).
    OwnRange,
    /// The DN bit keeps a provider's edge from using it (RFC 4576 2).
    Down,
    /// A border router does not take this default from an NSSA (RFC 3101 2.5 step 3).
    NssaDefault,
    /// Its forwarding address has no route that would do (RFC 2328 16.4 step 3).
    ForwardingAddress,
    /// Its forwarding address is our own: who told it means us to know better.
    OwnAddress,
    /// A way of better kind is there (RFC 2328 11).
    PathType,
    /// The cost is greater.
    Cost,
    /// The cost of type 2 is greater (RFC 2328 16.4 step 6b).
    Type2Cost,
    /// Ways inside areas other than the backbone are preferred (RFC 2328 16.4.1).
    AreaPreference,
    /// Another designated router's LSA of equal cost has the larger id (RFC 2328 16.1 step 4).
    LargerId,
}

impl Rule {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Rule::Used => "used",
            Rule::Unreachable => "unreachable",
            Rule::NoNextHop => "no next hop",
            Rule::NotBorder => "not an area border router",
            Rule::NotBackbone => "not of the backbone",
            Rule::OwnRange => "own active range",
            Rule::Down => "DN bit",
            Rule::NssaDefault => "default of an NSSA",
            Rule::ForwardingAddress => "forwarding address unreachable",
            Rule::OwnAddress => "own forwarding address",
            Rule::PathType => "path type",
            Rule::Cost => "cost",
            Rule::Type2Cost => "type 2 cost",
            Rule::AreaPreference => "path preference",
            Rule::LargerId => "larger link state id",
        }
    }
}
