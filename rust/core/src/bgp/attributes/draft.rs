//! `Draft`: other attributes made of some that are there.

use std::borrow::Cow;

use super::codes;
use super::set::{Attribute, Attributes};

struct Part<'a> {
    flags: u8,
    code: u8,
    value: Cow<'a, [u8]>,
}

/// Attributes to be, in canonical order. They are taken apart when something is changed.
#[derive(Default)]
pub struct Draft<'a> {
    bytes: &'a [u8],
    parts: Option<Vec<Part<'a>>>,
}

impl<'a> Draft<'a> {
    /// Begin with canonical bytes.
    #[must_use]
    pub const fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, parts: None }
    }

    fn find(&self, code: u8) -> Option<Attribute<'_>> {
        let Some(parts) = &self.parts else {
            return Attributes(self.bytes).find(|one| one.code == code);
        };
        let at = parts.binary_search_by_key(&code, |part| part.code).ok()?;
        parts.get(at).map(|part| Attribute { flags: part.flags, code, value: &part.value })
    }

    fn parts(&mut self) -> &mut Vec<Part<'a>> {
        self.parts.get_or_insert_with(|| {
            let mut parts = Vec::with_capacity(8);
            let part = |Attribute { flags, code, value }| Part { flags, code, value: value.into() };
            parts.extend(Attributes(self.bytes).map(part));
            parts
        })
    }

    /// The value of an attribute as it is now.
    #[must_use]
    pub fn value(&self, code: u8) -> Option<&[u8]> {
        self.find(code).map(|one| one.value)
    }

    /// The flags of an attribute as they are now.
    #[must_use]
    pub fn flags(&self, code: u8) -> Option<u8> {
        self.find(code).map(|one| one.flags)
    }

    /// Give an attribute a value, and flags (of `codes`; the one of the extended length is not
    /// looked at). Values beyond 65,535 octets are cut there.
    pub fn set(&mut self, flags: u8, code: u8, value: impl Into<Cow<'a, [u8]>>) {
        let part = Part { flags: flags & !codes::EXTENDED, code, value: value.into() };
        let is_so = |held: Attribute<'_>| held.flags == part.flags && *held.value == *part.value;
        if self.parts.is_none() && self.find(code).is_some_and(is_so) {
            return;
        }
        let parts = self.parts();
        match parts.binary_search_by_key(&code, |part| part.code) {
            Ok(at) => {
                if let Some(held) = parts.get_mut(at) {
                    *held = part;
                }
            }
            Err(at) => parts.insert(at, part),
        }
    }

    /// Take an attribute away.
    pub fn remove(&mut self, code: u8) {
        if self.find(code).is_some() {
            self.parts().retain(|part| part.code != code);
        }
    }

    /// Keep the attributes for which `is_kept` says so of flags and type.
    pub fn retain(&mut self, is_kept: impl Fn(u8, u8) -> bool) {
        self.parts().retain(|part| is_kept(part.flags, part.code));
    }

    /// Whether something may be other than it was.
    #[must_use]
    pub const fn is_changed(&self) -> bool {
        self.parts.is_some()
    }

    /// The canonical bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let Some(parts) = &self.parts else { return self.bytes.to_vec() };
        let mut bytes = Vec::with_capacity(parts.iter().map(|one| one.value.len() + 4).sum());
        for part in parts {
            push(&mut bytes, part.flags, part.code, &part.value);
        }
        bytes
    }
}

/// Canonical bytes, with octets of NLRI that do not name a route if there are any.
#[must_use]
pub fn with_rest<'a>(bytes: &'a [u8], rest: &[u8]) -> Cow<'a, [u8]> {
    if rest.is_empty() {
        return bytes.into();
    }
    let mut draft = Draft::of(bytes);
    draft.set(codes::OPTIONAL, codes::MP_REACH_NLRI, rest);
    draft.bytes().into()
}

/// Append an attribute in wire form.
pub(crate) fn push(bytes: &mut Vec<u8>, flags: u8, code: u8, value: &[u8]) {
    let value = value.get(..usize::from(u16::MAX)).unwrap_or(value);
    let length = value.len() as u16;
    match u8::try_from(length) {
        Ok(short) => bytes.extend([flags & !codes::EXTENDED, code, short]),
        Err(_) => {
            bytes.extend([flags | codes::EXTENDED, code]);
            bytes.extend(length.to_be_bytes());
        }
    }
    bytes.extend_from_slice(value);
}

#[cfg(test)]
mod tests {
    use super::Draft;
    use crate::bgp::attributes::{Attributes, codes};

    #[test]
    fn attributes_ascend_whatever_the_order_they_came_in() {
        let mut draft = Draft::default();
        draft.set(codes::OPTIONAL | codes::TRANSITIVE, codes::COMMUNITIES, vec![0; 300]);
        draft.set(codes::TRANSITIVE, codes::ORIGIN, vec![codes::IGP]);
        draft.set(codes::TRANSITIVE, codes::AS_PATH, vec![]);
        draft.set(codes::TRANSITIVE, codes::ORIGIN, vec![codes::EGP]);
        let bytes = draft.bytes();
        let found: Vec<_> = Attributes(&bytes).map(|one| (one.code, one.value.len())).collect();
        assert_eq!(found, [(1, 1), (2, 0), (8, 300)]);
        assert_eq!(Attributes(&bytes).value(codes::ORIGIN), Some(&[codes::EGP][..]));
        assert_eq!(Draft::of(&bytes).bytes(), bytes);
        let mut other = Draft::of(&bytes);
        other.remove(codes::AS_PATH);
        other.retain(|_, code| code != codes::COMMUNITIES);
        assert_eq!(other.bytes(), [codes::TRANSITIVE, 1, 1, codes::EGP]);
    }
}
