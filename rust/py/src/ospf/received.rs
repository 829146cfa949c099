//! `UpdateReceived`.

use fingerpost_core::ospf::{Outcome, Received};
use pyo3::prelude::*;

/// What became of the LSAs of one Link State Update.
#[pyclass(frozen, module = "fingerpost._core")]
pub struct UpdateReceived {
    pub(super) inner: Received,
}

#[pymethods]
impl UpdateReceived {
    /// How many were looked at.
    #[getter]
    fn lsas(&self) -> u32 {
        self.inner.lsas
    }

    /// Newer than ours: installed and flooded.
    #[getter]
    fn installed(&self) -> u32 {
        self.inner.count(Outcome::Installed)
    }

    /// Of those, how many say something else than before.
    #[getter]
    fn changed(&self) -> u32 {
        self.inner.changed
    }

    /// Scope and type of those that say something else.
    #[getter]
    fn changed_types(&self) -> Vec<(u32, u16)> {
        self.inner.changed_types.clone()
    }

    /// The instance that we have.
    #[getter]
    fn duplicates(&self) -> u32 {
        self.inner.count(Outcome::Duplicate)
    }

    /// Ours is newer.
    #[getter]
    fn older(&self) -> u32 {
        self.inner.count(Outcome::Older)
    }

    /// Ours is about to go, at the greatest sequence number.
    #[getter]
    fn wrapped(&self) -> u32 {
        self.inner.count(Outcome::Wrapped)
    }

    /// Less than MinLSArrival after the one before.
    #[getter]
    fn too_soon(&self) -> u32 {
        self.inner.count(Outcome::TooSoon)
    }

    /// MaxAge, and there was nothing to take away.
    #[getter]
    fn unneeded(&self) -> u32 {
        self.inner.count(Outcome::Unneeded)
    }

    /// Of a type or scope that is not known.
    #[getter]
    fn unknown_type(&self) -> u32 {
        self.inner.count(Outcome::UnknownType)
    }

    /// Of a type that the area does not take.
    #[getter]
    fn misplaced(&self) -> u32 {
        self.inner.count(Outcome::Misplaced)
    }

    /// Damaged.
    #[getter]
    fn bad_checksum(&self) -> u32 {
        self.inner.count(Outcome::BadChecksum)
    }

    /// Beyond the limit of LSAs.
    #[getter]
    fn refused(&self) -> u32 {
        self.inner.count(Outcome::Refused)
    }

    /// The neighbour is below Exchange: nothing was looked at.
    #[getter]
    fn is_ignored(&self) -> bool {
        self.inner.is_ignored
    }

    /// The bytes ended before the LSAs did.
    #[getter]
    fn is_malformed(&self) -> bool {
        self.inner.is_malformed
    }

    /// BadLSReq: what followed was not looked at.
    #[getter]
    fn is_bad_request(&self) -> bool {
        self.inner.is_bad_request
    }

    /// The neighbour is in Loading and its request list is empty.
    #[getter]
    fn is_loaded(&self) -> bool {
        self.inner.is_loaded
    }

    /// All that was asked by the last request has come, and there is more to ask for.
    #[getter]
    fn may_request(&self) -> bool {
        self.inner.may_request
    }

    /// Offset and length of each LSA that is for Python.
    #[getter]
    fn handed_up(&self) -> Vec<(usize, usize)> {
        self.inner.handed_up.clone()
    }
}
