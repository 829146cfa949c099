//! `fingerpost._core`: conversion between Python and `fingerpost-core`, nothing else.

use pyo3::prelude::*;

mod addr;
mod column;
mod convert;
mod errors;
mod load;
mod prefixset;
mod table;
mod values;

#[pymodule]
fn _core(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<addr::Address>()?;
    m.add_class::<addr::Prefix>()?;
    m.add_class::<addr::Interface>()?;
    m.add_class::<column::PrefixColumn>()?;
    load::register(m)?;
    m.add_class::<table::Table>()?;
    m.add_class::<values::ValueTable>()?;
    prefixset::register(m)
}
