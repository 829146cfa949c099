//! `FrozenTable`: a compiled table without its truth, made in memory or mapped from a file.

use std::any::Any;
use std::ptr::NonNull;
use std::sync::Arc;

use fingerpost_core::addr::{Ip, Net};
use fingerpost_core::lpm::{Form, Image, Parts, Snapshot, Words};
use pyo3::PyTraverseError;
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::{PyKeyError, PyTypeError, PyValueError};
use pyo3::gc::PyVisit;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PySequence};

use crate::addr::Prefix;
use crate::convert::{ip_from, key_from};

/// A compiled table: addresses in, answers out; nothing of it ever changes.
#[pyclass(frozen, subclass, module = "fingerpost._core")]
pub struct FrozenTable {
    snapshot: Snapshot,
    /// By index: what it stands for; index 0 is "no match".
    values: Py<PySequence>,
    /// By index: the length of the prefix; empty where an answer has several prefixes.
    lens: Lens,
    slots: u32,
}

#[derive(Clone)]
enum Lens {
    Own(Arc<Vec<u8>>),
    Mapped(Arc<PyBuffer<u8>>),
}

impl Lens {
    fn as_slice(&self) -> &[u8] {
        match self {
            Lens::Own(lens) => lens,
            // SAFETY: a contiguous read-only buffer (checked in `new`), exported while we hold it.
            Lens::Mapped(buffer) => unsafe {
                std::slice::from_raw_parts(buffer.buf_ptr().cast(), buffer.item_count())
            },
        }
    }
}

impl FrozenTable {
    /// Put the parts together; `values` has one item an index.
    pub fn assemble(snapshot: Snapshot, values: Py<PySequence>, lens: Vec<u8>, slots: u32) -> Self {
        FrozenTable { snapshot, values, lens: Lens::Own(Arc::new(lens)), slots }
    }

    /// For a bulk lookup.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    fn share(&self, py: Python<'_>) -> FrozenTable {
        FrozenTable {
            snapshot: self.snapshot.clone(),
            values: self.values.clone_ref(py),
            lens: self.lens.clone(),
            slots: self.slots,
        }
    }

    fn from_parts(
        py: Python<'_>,
        form: &str,
        tops: (u8, u8),
        sections: Vec<PyBuffer<u8>>,
        values: Py<PyAny>,
        lens: PyBuffer<u8>,
    ) -> PyResult<FrozenTable> {
        let form = form_from(form)?;
        let values = values.into_bound(py).cast_into::<PySequence>()?;
        let [a, b, c, d, e, f] = <[PyBuffer<u8>; 6]>::try_from(sections)
            .map_err(|_| PyValueError::new_err("a table has six sections"))?;
        let v4 = Parts { form, top: tops.0, words: [words(a)?, words(b)?, words(c)?] };
        let v6 =
            Parts { form: Form::Compact, top: tops.1, words: [words(d)?, words(e)?, words(f)?] };
        let slots = u32::try_from(values.len()?).unwrap_or(u32::MAX);
        let is_plain = lens.is_c_contiguous() && lens.readonly();
        if !is_plain || ![0, slots as usize].contains(&lens.item_count()) {
            let message = "prefix lengths: one byte an index, read-only, or none at all";
            return Err(PyValueError::new_err(message));
        }
        let snapshot = py
            .detach(|| Snapshot::from_parts(v4, v6, slots))
            .map_err(|error| PyValueError::new_err(error.to_string()))?;
        let values = values.unbind();
        Ok(FrozenTable { snapshot, values, lens: Lens::Mapped(Arc::new(lens)), slots })
    }

    fn find<'py>(&self, py: Python<'py>, ip: Ip) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.snapshot.find(ip) {
            0 => Ok(None),
            slot => self.value(py, slot).map(Some),
        }
    }

    #[inline]
    fn value<'py>(&self, py: Python<'py>, slot: u32) -> PyResult<Bound<'py, PyAny>> {
        let values = self.values.bind(py);
        match values.cast_exact::<PyList>() {
            Ok(list) => list.get_item(slot as usize),
            Err(_) => values.get_item(slot as usize),
        }
    }
}

#[pymethods]
impl FrozenTable {
    /// From another table, sharing everything, or from parts: what `sections` gave, the values,
    /// and the prefix lengths. `ValueError` where parts are damaged.
    #[new]
    fn new(source: &Bound<'_, PyAny>) -> PyResult<FrozenTable> {
        if let Ok(table) = source.cast::<FrozenTable>() {
            return Ok(table.get().share(source.py()));
        }
        let (form, tops, sections, values, lens) = source.extract()?;
        Self::from_parts(source.py(), form, tops, sections, values, lens)
    }

    /// What the indices stand for; item 0 is None, for no match.
    #[getter]
    fn values(&self, py: Python<'_>) -> Py<PySequence> {
        self.values.clone_ref(py)
    }

    /// "compact" or "fast".
    #[getter]
    fn form(&self) -> &'static str {
        form_name(self.snapshot.images().0.form())
    }

    fn __getitem__<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.find(key.py(), ip_from(key)?)?.ok_or_else(|| PyKeyError::new_err(key.clone().unbind()))
    }

    fn __contains__(&self, key: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.snapshot.find(ip_from(key)?) != 0)
    }

    /// The value of the longest match of an address, or `default`.
    #[pyo3(signature = (address, default = None, /))]
    fn lookup<'py>(
        &self,
        address: &Bound<'py, PyAny>,
        default: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        Ok(self.find(address.py(), ip_from(address)?)?.or(default))
    }

    /// The longest match of an address, (prefix, value), or None.
    fn r#match<'py>(
        &self,
        address: &Bound<'py, PyAny>,
    ) -> PyResult<Option<(Prefix, Bound<'py, PyAny>)>> {
        let ip = key_from(address)?.net().ip();
        let slot = self.snapshot.find(ip);
        if slot == 0 {
            return Ok(None);
        }
        let Some(&len) = self.lens.as_slice().get(slot as usize) else {
            let message = "this table was compiled for answers and does not know their prefixes";
            return Err(PyValueError::new_err(message));
        };
        let net = Net::new(ip, len).ok_or_else(|| PyValueError::new_err("a damaged length"))?;
        Ok(Some((Prefix { net }, self.value(address.py(), slot)?)))
    }

    /// By index, the length of its prefix; empty where the table does not know.
    fn prefix_lengths<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.lens.as_slice())
    }

    /// What `FrozenTable` takes: the form, the bytes of each top, and six sections.
    #[allow(clippy::type_complexity)] // a tuple for Python, unpacked at once
    fn sections<'py>(&self, py: Python<'py>) -> (&'static str, (u8, u8), Vec<Bound<'py, PyBytes>>) {
        let (v4, v6) = self.snapshot.images();
        let bytes = |image: &Image| image.parts().map(|words| PyBytes::new(py, &words.to_bytes()));
        let sections = bytes(v4).into_iter().chain(bytes(v6)).collect();
        (self.form(), (v4.top_bytes(), v6.top_bytes()), sections)
    }

    /// Bytes of the compiled images, IPv4 and IPv6.
    fn memory(&self) -> (usize, usize) {
        self.snapshot.memory()
    }

    /// Number of indices, "no match" included.
    #[getter]
    fn slots(&self) -> u32 {
        self.slots
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.values)
    }
}

/// Words in a buffer: used in place where it is aligned and cannot change, else copied.
fn words(buffer: PyBuffer<u8>) -> PyResult<Words> {
    if !buffer.is_c_contiguous() || !buffer.item_count().is_multiple_of(8) {
        return Err(PyValueError::new_err("a section is contiguous and a multiple of 8 bytes"));
    }
    let (start, len) = (buffer.buf_ptr().cast::<u64>(), buffer.item_count() / 8);
    let start = NonNull::new(start).filter(|start| start.is_aligned() && len > 0);
    match start.filter(|_| buffer.readonly()) {
        // SAFETY: aligned, read-only, and exported as long as the owner holds the buffer.
        Some(start) => Ok(unsafe {
            Words::borrowed(start, len, Arc::new(buffer) as Arc<dyn Any + Send + Sync>)
        }),
        None => {
            // SAFETY: the buffer exports this many bytes; nobody else runs while we copy.
            let bytes =
                unsafe { std::slice::from_raw_parts(buffer.buf_ptr().cast::<u8>(), len * 8) };
            Ok(Words::from_bytes(bytes))
        }
    }
}

/// The form that a name means.
pub fn form_from(form: &str) -> PyResult<Form> {
    match form {
        "compact" => Ok(Form::Compact),
        "fast" => Ok(Form::Fast),
        _ => Err(PyTypeError::new_err(format!("form is {form:?}; give \"compact\" or \"fast\""))),
    }
}

/// The name of a form.
pub fn form_name(form: Form) -> &'static str {
    match form {
        Form::Compact => "compact",
        Form::Fast => "fast",
    }
}
