//! The Arrow C data and stream interfaces: their three structures, owned.
//!
//! <https://arrow.apache.org/docs/format/CDataInterface.html>: a structure may be moved by copying
//! it and clearing `release` in the original; its owner calls `release` once. Here that is `Drop`.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;

use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::errors::{decode_error, usage_error};

/// `struct ArrowSchema`.
#[repr(C)]
pub struct ArrowSchema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    n_children: i64,
    children: *mut *mut ArrowSchema,
    dictionary: *mut ArrowSchema,
    release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    private_data: *mut c_void,
}

/// `struct ArrowArray`.
#[repr(C)]
pub struct ArrowArray {
    pub length: i64,
    pub null_count: i64,
    pub offset: i64,
    n_buffers: i64,
    n_children: i64,
    buffers: *mut *const c_void,
    children: *mut *mut ArrowArray,
    dictionary: *mut ArrowArray,
    release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    private_data: *mut c_void,
}

/// `struct ArrowArrayStream`.
#[repr(C)]
pub struct ArrowArrayStream {
    get_schema: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowSchema) -> c_int>,
    get_next: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowArray) -> c_int>,
    get_last_error: Option<unsafe extern "C" fn(*mut ArrowArrayStream) -> *const c_char>,
    release: Option<unsafe extern "C" fn(*mut ArrowArrayStream)>,
    private_data: *mut c_void,
}

/// A structure that its producer must be told to free.
pub trait Owned: Sized {
    /// The name of the capsule that carries it.
    const CAPSULE: &'static CStr;
    /// The mark of a structure that was moved or released.
    fn released() -> Self;
    fn is_released(&self) -> bool;
}

macro_rules! owned {
    ($name:ident, $capsule:literal, $($field:ident: $empty:expr),*) => {
        impl Owned for $name {
            const CAPSULE: &'static CStr = $capsule;
            fn released() -> Self {
                $name { $($field: $empty,)* release: None, private_data: ptr::null_mut() }
            }
            fn is_released(&self) -> bool {
                self.release.is_none()
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                if let Some(release) = self.release {
                    // SAFETY: we own the structure and release it once; the producer clears it.
                    unsafe { release(self) }
                }
            }
        }

        // SAFETY: the interface has no thread affinity: what it points to is immutable, and
        // `release` may be called from any thread.
        unsafe impl Send for $name {}
    };
}

owned!(ArrowSchema, c"arrow_schema",
    format: ptr::null(), name: ptr::null(), metadata: ptr::null(), flags: 0, n_children: 0,
    children: ptr::null_mut(), dictionary: ptr::null_mut());
owned!(ArrowArray, c"arrow_array",
    length: 0, null_count: 0, offset: 0, n_buffers: 0, n_children: 0, buffers: ptr::null_mut(),
    children: ptr::null_mut(), dictionary: ptr::null_mut());
owned!(ArrowArrayStream, c"arrow_array_stream",
    get_schema: None, get_next: None, get_last_error: None);

// SAFETY: shared access only reads, and what an array points to is immutable.
unsafe impl Sync for ArrowArray {}

/// Move the structure out of its capsule, which keeps the mark of a released one.
pub fn take<T: Owned>(capsule: &Bound<'_, PyAny>) -> PyResult<T> {
    let capsule = capsule.cast::<PyCapsule>()?;
    let at = capsule.pointer_checked(Some(T::CAPSULE))?.cast::<T>();
    // SAFETY: a capsule of this name points to this structure until the capsule dies; the
    // interface lets a consumer move the structure out.
    let taken = unsafe { ptr::replace(at.as_ptr(), T::released()) };
    if taken.is_released() {
        let name = T::CAPSULE.to_string_lossy();
        return Err(usage_error(
            capsule.py(),
            format!("the {name:?} capsule was consumed before; export the data again"),
        ));
    }
    Ok(taken)
}

/// The `at`th of `count` structures that are pointed to; `None` where there is none.
///
/// # Safety
/// `list` must be null or hold `count` pointers that are null or valid for as long as `'a`.
unsafe fn member<'a, T>(list: *mut *mut T, count: i64, at: usize) -> Option<&'a T> {
    if list.is_null() || i64::try_from(at).ok()? >= count {
        return None;
    }
    // SAFETY: by this function's contract, `at` being below `count`.
    unsafe { (*list.add(at)).as_ref() }
}

impl ArrowSchema {
    /// The format string.
    pub fn format(&self) -> &str {
        if self.format.is_null() {
            return "";
        }
        // SAFETY: not null, and then a C string that lives as long as the schema.
        unsafe { CStr::from_ptr(self.format) }.to_str().unwrap_or("")
    }

    /// The field's name.
    pub fn name(&self) -> String {
        if self.name.is_null() {
            return String::new();
        }
        // SAFETY: not null, and then a C string that lives as long as the schema.
        unsafe { CStr::from_ptr(self.name) }.to_string_lossy().into_owned()
    }

    /// Number of children.
    pub fn children(&self) -> usize {
        usize::try_from(self.n_children).unwrap_or(0)
    }

    /// One child.
    pub fn child(&self, at: usize) -> Option<&ArrowSchema> {
        // SAFETY: the schema owns `n_children` children.
        unsafe { member(self.children, self.n_children, at) }
    }

    /// The type of the values of a dictionary-encoded field.
    pub fn dictionary(&self) -> Option<&ArrowSchema> {
        // SAFETY: null or a schema that this one owns.
        unsafe { self.dictionary.as_ref() }
    }
}

impl ArrowArray {
    /// Number of buffers.
    pub fn buffer_count(&self) -> usize {
        if self.buffers.is_null() { 0 } else { usize::try_from(self.n_buffers).unwrap_or(0) }
    }

    /// The `at`th buffer as `len` bytes; `None` where there is no such buffer or it is null.
    ///
    /// # Safety
    /// The array's type must promise that the buffer holds `len` bytes.
    pub unsafe fn buffer(&self, at: usize, len: usize) -> Option<&[u8]> {
        if at >= self.buffer_count() || isize::try_from(len).is_err() {
            return None;
        }
        // SAFETY: there are `n_buffers` pointers.
        let start = unsafe { *self.buffers.add(at) }.cast::<u8>();
        if start.is_null() {
            return None;
        }
        // SAFETY: by this function's contract; the array owns its buffers and nobody writes them.
        Some(unsafe { std::slice::from_raw_parts(start, len) })
    }

    /// One child.
    pub fn child(&self, at: usize) -> Option<&ArrowArray> {
        // SAFETY: the array owns `n_children` children.
        unsafe { member(self.children, self.n_children, at) }
    }

    /// The values of a dictionary-encoded array.
    pub fn dictionary(&self) -> Option<&ArrowArray> {
        // SAFETY: null or an array that this one owns.
        unsafe { self.dictionary.as_ref() }
    }
}

impl ArrowArrayStream {
    /// The type of all arrays of the stream.
    pub fn schema(&mut self, py: Python<'_>) -> PyResult<ArrowSchema> {
        let mut schema = ArrowSchema::released();
        let get = self.get_schema.ok_or_else(|| unusable(py))?;
        // SAFETY: the stream is not released; the schema is empty and ours to fill.
        let code = unsafe { get(self, &mut schema) };
        if code != 0 || schema.is_released() {
            return Err(self.failure(py, code));
        }
        Ok(schema)
    }

    /// The next array; `None` at the end. Lets go of the interpreter: a producer may need it.
    pub fn next(&mut self, py: Python<'_>) -> PyResult<Option<ArrowArray>> {
        let get = self.get_next.ok_or_else(|| unusable(py))?;
        let (code, array) = py.detach(|| {
            let mut array = ArrowArray::released();
            // SAFETY: the stream is not released; the array is empty and ours to fill.
            (unsafe { get(self, &mut array) }, array)
        });
        if code != 0 {
            return Err(self.failure(py, code));
        }
        Ok((!array.is_released()).then_some(array))
    }

    fn failure(&mut self, py: Python<'_>, code: c_int) -> PyErr {
        let text = self.get_last_error.map(|get| {
            // SAFETY: the stream is not released and its last call failed.
            let text = unsafe { get(self) };
            // SAFETY: null or a C string that lives until the next call.
            (!text.is_null())
                .then(|| unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
        });
        let text = text.flatten().unwrap_or_else(|| format!("error {code}, without a message"));
        usage_error(py, format!("the producer of the Arrow stream failed: {text}"))
    }
}

fn unusable(py: Python<'_>) -> PyErr {
    decode_error(py, String::from("the Arrow stream lacks one of its functions"))
}
