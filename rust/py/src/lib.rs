//! `fingerpost._core`: conversion between Python and `fingerpost-core`, nothing else.

use pyo3::prelude::*;

mod addr;
mod arrow;
mod arrow_ffi;
mod bgp;
mod bulk;
mod column;
mod convert;
mod errors;
mod forward;
mod frozen;
mod items;
mod load;
#[cfg(target_os = "linux")]
mod netlink;
mod ones;
mod ospf;
mod prefixset;
mod rib;
mod table;
mod tcp;
mod values;

#[pymodule]
fn _core(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<addr::Address>()?;
    m.add_class::<addr::Prefix>()?;
    m.add_class::<addr::Interface>()?;
    m.add_class::<bgp::AspaTable>()?;
    m.add_class::<bgp::BgpAsSet>()?;
    m.add_class::<bgp::BgpAutomaton>()?;
    m.add_class::<bgp::BgpPrefixList>()?;
    m.add_class::<bgp::BgpReceived>()?;
    m.add_class::<bgp::BgpTable>()?;
    m.add_class::<bgp::BgpWalk>()?;
    m.add_class::<bgp::VrpTable>()?;
    m.add_class::<bgp::VrpTelling>()?;
    bgp::register(m)?;
    m.add_class::<bulk::AddressColumn>()?;
    m.add_class::<column::PrefixColumn>()?;
    m.add_function(wrap_pyfunction!(bulk::lookup_column, m)?)?;
    m.add_function(wrap_pyfunction!(bulk::lookup_column_frozen, m)?)?;
    load::register(m)?;
    m.add_class::<forward::FrameForwarder>()?;
    m.add_function(wrap_pyfunction!(forward::hand_up_reasons, m)?)?;
    m.add_class::<frozen::FrozenTable>()?;
    #[cfg(target_os = "linux")]
    netlink::register(m)?;
    m.add_function(wrap_pyfunction!(ones::ones_sum, m)?)?;
    m.add_class::<ospf::Calculated>()?;
    m.add_class::<ospf::LinkStateDatabase>()?;
    m.add_class::<ospf::RouteCalculator>()?;
    m.add_class::<ospf::UpdateReceived>()?;
    m.add_class::<rib::RibChanges>()?;
    m.add_class::<rib::RibStore>()?;
    m.add_class::<table::Table>()?;
    m.add_class::<tcp::TcpStack>()?;
    m.add_class::<values::ValueTable>()?;
    prefixset::register(m)
}
