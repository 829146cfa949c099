//! `MrtRoute`: the value of a prefix of a RIB dump.

use std::fmt::Write;

use fingerpost_core::mrt::{
    Aggregator, AsPath, Attributes, Origin, Peer, Route, Segment, SegmentKind,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::addr::Address;
use crate::convert::ip_from;

/// What one BGP peer says about a prefix.
#[pyclass(frozen, eq, hash, module = "fingerpost._core")]
#[derive(PartialEq, Eq, Hash)]
pub struct MrtRoute {
    pub route: Route,
}

#[pymethods]
impl MrtRoute {
    #[new]
    #[pyo3(signature = (peer, peer_as, path_id=None, segments=Vec::new(), origin=None, next_hop=None,
        med=None, local_pref=None, atomic_aggregate=false, aggregator=None,
        communities=Vec::new(), large_communities=Vec::new()))]
    #[allow(clippy::too_many_arguments)] // the fields of the value, for pickle and tests
    fn new(
        peer: &Bound<'_, PyAny>,
        peer_as: u32,
        path_id: Option<u32>,
        segments: Vec<(u8, Vec<u32>)>,
        origin: Option<&str>,
        next_hop: Option<&Bound<'_, PyAny>>,
        med: Option<u32>,
        local_pref: Option<u32>,
        atomic_aggregate: bool,
        aggregator: Option<(u32, Bound<'_, PyAny>)>,
        communities: Vec<String>,
        large_communities: Vec<String>,
    ) -> PyResult<Self> {
        let attributes = Attributes {
            origin: origin.map(origin_from).transpose()?,
            as_path: AsPath(segments.into_iter().map(segment_from).collect::<PyResult<_>>()?),
            next_hop: next_hop.map(ip_from).transpose()?,
            med,
            local_pref,
            atomic_aggregate,
            aggregator: aggregator
                .map(|(asn, address)| {
                    Ok::<_, PyErr>(Aggregator { asn, address: ip_from(&address)? })
                })
                .transpose()?,
            communities: communities
                .iter()
                .map(|text| community_from(text))
                .collect::<PyResult<_>>()?,
            large_communities: large_communities
                .iter()
                .map(|text| parts_from(text))
                .collect::<PyResult<_>>()?,
        };
        let peer = Peer { address: ip_from(peer)?, asn: peer_as };
        Ok(MrtRoute { route: Route { peer, path_id, attributes } })
    }

    /// Address of the peer that announced the route.
    #[getter]
    fn peer(&self) -> Address {
        Address::from(self.route.peer.address)
    }

    /// AS number of that peer.
    #[getter]
    fn peer_as(&self) -> u32 {
        self.route.peer.asn
    }

    /// Path identifier (RFC 7911); None without add-path.
    #[getter]
    fn path_id(&self) -> Option<u32> {
        self.route.path_id
    }

    /// The AS that originates the prefix (RFC 6811 2); None where the path ends in an AS_SET.
    #[getter]
    fn origin_as(&self) -> Option<u32> {
        self.route.origin_as()
    }

    /// AS_PATH as text, nearest AS first: `1 2 {3,4}`; `(1 2)` and `[1,2]` are confederations.
    #[getter]
    fn as_path(&self) -> String {
        self.route.attributes.as_path.to_string()
    }

    /// AS_PATH as numbers, sets and sequences in a row.
    #[getter]
    fn ases<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let segments = &self.route.attributes.as_path.0;
        let asns: Vec<u32> = segments.iter().flat_map(|s| s.asns.iter().copied()).collect();
        PyTuple::new(py, asns)
    }

    /// AS_PATH as segments: type code of RFC 4271 4.3 (1 set, 2 sequence) and numbers.
    #[getter]
    fn segments<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let segments = self.route.attributes.as_path.0.iter();
        let pairs =
            segments.map(|segment| Ok((code(segment.kind), PyTuple::new(py, &segment.asns)?)));
        PyTuple::new(py, pairs.collect::<PyResult<Vec<_>>>()?)
    }

    /// `IGP`, `EGP` or `INCOMPLETE`; None where the entry lacks ORIGIN.
    #[getter]
    fn origin(&self) -> Option<&'static str> {
        self.route.attributes.origin.map(origin_name)
    }

    /// NEXT_HOP, or the global address of MP_REACH_NLRI.
    #[getter]
    fn next_hop(&self) -> Option<Address> {
        self.route.attributes.next_hop.map(Address::from)
    }

    /// MULTI_EXIT_DISC.
    #[getter]
    fn med(&self) -> Option<u32> {
        self.route.attributes.med
    }

    /// LOCAL_PREF.
    #[getter]
    fn local_pref(&self) -> Option<u32> {
        self.route.attributes.local_pref
    }

    /// Is ATOMIC_AGGREGATE there?
    #[getter]
    fn atomic_aggregate(&self) -> bool {
        self.route.attributes.atomic_aggregate
    }

    /// AGGREGATOR: AS number and address.
    #[getter]
    fn aggregator(&self) -> Option<(u32, Address)> {
        self.route.attributes.aggregator.map(|by| (by.asn, Address::from(by.address)))
    }

    /// COMMUNITIES as `asn:value`; well-known ones by name (RFC 1997).
    #[getter]
    fn communities<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.route.attributes.communities.iter().map(|&c| community_name(c)))
    }

    /// LARGE_COMMUNITY as `asn:data:data` (RFC 8092).
    #[getter]
    fn large_communities<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let names =
            self.route.attributes.large_communities.iter().map(|[a, b, c]| format!("{a}:{b}:{c}"));
        PyTuple::new(py, names.collect::<Vec<_>>())
    }

    /// The fields that are set, ready for JSON: addresses as text.
    fn as_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        let attributes = &self.route.attributes;
        dict.set_item("origin_as", self.origin_as())?;
        dict.set_item("as_path", self.as_path())?;
        dict.set_item("next_hop", attributes.next_hop.map(|ip| ip.to_string()))?;
        dict.set_item("peer", self.route.peer.address.to_string())?;
        dict.set_item("peer_as", self.route.peer.asn)?;
        let optional = [
            ("path_id", self.route.path_id),
            ("med", attributes.med),
            ("local_pref", attributes.local_pref),
        ];
        for (name, value) in optional.into_iter().filter(|(_, value)| value.is_some()) {
            dict.set_item(name, value)?;
        }
        dict.set_item("origin", self.origin())?;
        for (name, value) in [
            ("communities", self.communities(py)?),
            ("large_communities", self.large_communities(py)?),
        ] {
            if !value.is_empty() {
                dict.set_item(name, value.to_list())?;
            }
        }
        if attributes.atomic_aggregate {
            dict.set_item("atomic_aggregate", true)?;
        }
        if let Some(by) = attributes.aggregator {
            dict.set_item("aggregator", format!("AS{} {}", by.asn, by.address))?;
        }
        Ok(dict)
    }

    fn __str__(&self) -> String {
        let mut shown = match self.origin_as() {
            Some(asn) => format!("AS{asn}"),
            None => "AS_SET".to_owned(),
        };
        if let Some(hop) = self.route.attributes.next_hop {
            let _ = write!(shown, " via {hop}");
        }
        let path = self.as_path();
        if !path.is_empty() {
            let _ = write!(shown, " path {path}");
        }
        shown
    }

    fn __repr__(&self) -> String {
        let peer = &self.route.peer;
        format!("<MrtRoute {} from {} (AS{})>", self.__str__(), peer.address, peer.asn)
    }

    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> PyResult<(Bound<'py, PyType>, Bound<'py, PyTuple>)> {
        let (py, route) = (slf.py(), slf.get());
        let attributes = &route.route.attributes;
        let segments: Vec<(u8, Vec<u32>)> =
            attributes.as_path.0.iter().map(|s| (code(s.kind), s.asns.clone())).collect();
        let fields = (
            route.route.peer.address.to_string(),
            route.route.peer.asn,
            route.route.path_id,
            segments,
            route.origin(),
            attributes.next_hop.map(|ip| ip.to_string()),
            attributes.med,
            attributes.local_pref,
            attributes.atomic_aggregate,
            attributes.aggregator.map(|by| (by.asn, by.address.to_string())),
            route.communities(py)?,
            route.large_communities(py)?,
        );
        Ok((slf.get_type(), fields.into_pyobject(py)?))
    }
}

const fn code(kind: SegmentKind) -> u8 {
    match kind {
        SegmentKind::Set => 1,
        SegmentKind::Sequence => 2,
        SegmentKind::ConfedSequence => 3,
        SegmentKind::ConfedSet => 4,
    }
}

fn segment_from((code, asns): (u8, Vec<u32>)) -> PyResult<Segment> {
    let kind = match code {
        1 => SegmentKind::Set,
        2 => SegmentKind::Sequence,
        3 => SegmentKind::ConfedSequence,
        4 => SegmentKind::ConfedSet,
        _ => return Err(PyValueError::new_err(format!("segment type is {code}, expected 1 to 4"))),
    };
    Ok(Segment { kind, asns })
}

const fn origin_name(origin: Origin) -> &'static str {
    match origin {
        Origin::Igp => "IGP",
        Origin::Egp => "EGP",
        Origin::Incomplete => "INCOMPLETE",
    }
}

fn origin_from(name: &str) -> PyResult<Origin> {
    match name {
        "IGP" => Ok(Origin::Igp),
        "EGP" => Ok(Origin::Egp),
        "INCOMPLETE" => Ok(Origin::Incomplete),
        _ => Err(PyValueError::new_err(format!(
            "origin is {name:?}, expected IGP, EGP or INCOMPLETE"
        ))),
    }
}

/// RFC 1997, and RFC 7999 and 3765 for the later ones.
const WELL_KNOWN: [(u32, &str); 5] = [
    (0xffff_029a, "blackhole"),
    (0xffff_ff01, "no-export"),
    (0xffff_ff02, "no-advertise"),
    (0xffff_ff03, "no-export-subconfed"),
    (0xffff_ff04, "no-peer"),
];

fn community_name(community: u32) -> String {
    match WELL_KNOWN.iter().find(|(value, _)| *value == community) {
        Some((_, name)) => (*name).to_owned(),
        None => format!("{}:{}", community >> 16, community & 0xffff),
    }
}

fn community_from(name: &str) -> PyResult<u32> {
    if let Some((value, _)) = WELL_KNOWN.iter().find(|(_, known)| *known == name) {
        return Ok(*value);
    }
    let parts: [u32; 2] = parts_from(name)?;
    match parts.map(u16::try_from) {
        [Ok(high), Ok(low)] => Ok(u32::from(high) << 16 | u32::from(low)),
        _ => Err(PyValueError::new_err(format!("{name:?} is not a community: expected asn:value"))),
    }
}

fn parts_from<const N: usize>(name: &str) -> PyResult<[u32; N]> {
    let parts: Option<Vec<u32>> = name.split(':').map(|part| part.parse().ok()).collect();
    parts.and_then(|parts| parts.try_into().ok()).ok_or_else(|| {
        PyValueError::new_err(format!("{name:?} is not {N} numbers with colons between"))
    })
}
