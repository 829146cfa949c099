//! Columns of addresses as they lie in foreign memory: borrowed, checked, never copied.

use crate::addr::column::Span;
use crate::addr::{Ip, parse_zoned};

/// A column and which of its rows are present.
#[derive(Clone, Debug)]
pub struct Source<'a> {
    /// The values, present or not.
    pub column: Column<'a>,
    /// Absent: every row is present.
    pub validity: Option<Validity<'a>>,
}

impl<'a> Source<'a> {
    /// A column without nulls.
    #[must_use]
    pub const fn full(column: Column<'a>) -> Source<'a> {
        Source { column, validity: None }
    }

    /// Whether the row holds a value.
    #[inline]
    #[must_use]
    pub fn is_valid(&self, row: usize) -> bool {
        self.validity.is_none_or(|validity| validity.get(row))
    }
}

/// The values of a column.
#[derive(Clone, Debug)]
pub enum Column<'a> {
    /// IPv4 numbers in host order.
    V4(&'a [u32]),
    /// IPv6, sixteen bytes each in network order.
    V6(&'a [[u8; 16]]),
    /// IPv4, four bytes each in network order.
    V4Bytes(&'a [[u8; 4]]),
    /// Addresses of both families; `None` is a null.
    Mixed(&'a [Option<Ip>]),
    /// Integers that must fit an IPv4 address, or are low halves of IPv6 addresses.
    Numbers(Numbers<'a>, Family),
    /// IPv6 as two 64-bit halves.
    Halves(Halves<'a>),
    /// Texts to parse.
    Texts(Texts<'a>),
    /// Byte strings of four or sixteen bytes in network order.
    Bytes(Texts<'a>),
    /// Keys into a short column; nulls may stand in either.
    Dictionary(Numbers<'a>, Box<Source<'a>>),
    /// So many nulls.
    Nulls(usize),
}

impl Column<'_> {
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Column::V4(rows) => rows.len(),
            Column::V6(rows) => rows.len(),
            Column::V4Bytes(rows) => rows.len(),
            Column::Mixed(rows) => rows.len(),
            Column::Numbers(rows, _) | Column::Dictionary(rows, _) => rows.len(),
            Column::Halves(rows) => rows.rows,
            Column::Texts(rows) | Column::Bytes(rows) => rows.len(),
            Column::Nulls(rows) => *rows,
        }
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The address of a row, whether the row is valid or not; `None` where it is none.
    #[inline(always)]
    #[must_use]
    pub fn get(&self, row: usize) -> Option<Ip> {
        match self {
            Column::V4(rows) => rows.get(row).map(|&address| Ip::V4(address)),
            Column::V6(rows) => rows.get(row).map(|&six| Ip::V6(u128::from_be_bytes(six))),
            Column::V4Bytes(rows) => rows.get(row).map(|&four| Ip::V4(u32::from_be_bytes(four))),
            Column::Mixed(rows) => *rows.get(row)?,
            Column::Numbers(rows, Family::V4) => u32::try_from(rows.get(row)?).ok().map(Ip::V4),
            Column::Numbers(rows, Family::V6) => u128::try_from(rows.get(row)?).ok().map(Ip::V6),
            Column::Halves(rows) => rows.get(row).map(|six| Ip::V6(u128::from_be_bytes(six))),
            Column::Texts(rows) => Some(parse_zoned(rows.span(row)?.text()).ok()?.0),
            Column::Bytes(rows) => match rows.span(row)?.text() {
                &[a, b, c, d] => Some(Ip::V4(u32::from_be_bytes([a, b, c, d]))),
                text => text.try_into().ok().map(|six| Ip::V6(u128::from_be_bytes(six))),
            },
            Column::Dictionary(keys, values) => {
                values.column.get_entry(usize::try_from(keys.get(row)?).ok()?)
            }
            Column::Nulls(_) => None,
        }
    }

    /// [`Column::get`] for a dictionary's entries, which are no dictionary themselves.
    fn get_entry(&self, row: usize) -> Option<Ip> {
        match self {
            Column::Dictionary(..) => None,
            plain => plain.get(row),
        }
    }
}

/// What a bare integer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// An IPv4 address.
    V4,
    /// An IPv6 address.
    V6,
}

/// A bitmap, least significant bit first, as Arrow has it.
#[derive(Clone, Copy, Debug)]
pub struct Validity<'a> {
    /// The bits; rows past their end count as absent.
    pub bits: &'a [u8],
    /// The bit of row 0.
    pub offset: usize,
}

impl Validity<'_> {
    /// The bit of a row.
    #[inline]
    #[must_use]
    pub fn get(&self, row: usize) -> bool {
        let bit = self.offset.wrapping_add(row);
        self.bits.get(bit / 8).is_some_and(|byte| byte >> (bit % 8) & 1 == 1)
    }
}

/// Integers of one width, in this machine's byte order, at any alignment.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)] // the names are the types
pub enum Numbers<'a> {
    I8(&'a [[u8; 1]]),
    I16(&'a [[u8; 2]]),
    I32(&'a [[u8; 4]]),
    I64(&'a [[u8; 8]]),
    U8(&'a [[u8; 1]]),
    U16(&'a [[u8; 2]]),
    U32(&'a [[u8; 4]]),
    U64(&'a [[u8; 8]]),
}

impl<'a> Numbers<'a> {
    /// The memory of all rows.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        match self {
            Numbers::I8(rows) | Numbers::U8(rows) => rows.as_flattened(),
            Numbers::I16(rows) | Numbers::U16(rows) => rows.as_flattened(),
            Numbers::I32(rows) | Numbers::U32(rows) => rows.as_flattened(),
            Numbers::I64(rows) | Numbers::U64(rows) => rows.as_flattened(),
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Numbers::I8(rows) | Numbers::U8(rows) => rows.len(),
            Numbers::I16(rows) | Numbers::U16(rows) => rows.len(),
            Numbers::I32(rows) | Numbers::U32(rows) => rows.len(),
            Numbers::I64(rows) | Numbers::U64(rows) => rows.len(),
        }
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a row; `None` past the end.
    #[inline(always)]
    #[must_use]
    pub fn get(&self, row: usize) -> Option<i128> {
        Some(match self {
            Numbers::I8(rows) => i8::from_ne_bytes(*rows.get(row)?).into(),
            Numbers::I16(rows) => i16::from_ne_bytes(*rows.get(row)?).into(),
            Numbers::I32(rows) => i32::from_ne_bytes(*rows.get(row)?).into(),
            Numbers::I64(rows) => i64::from_ne_bytes(*rows.get(row)?).into(),
            Numbers::U8(rows) => u8::from_ne_bytes(*rows.get(row)?).into(),
            Numbers::U16(rows) => u16::from_ne_bytes(*rows.get(row)?).into(),
            Numbers::U32(rows) => u32::from_ne_bytes(*rows.get(row)?).into(),
            Numbers::U64(rows) => u64::from_ne_bytes(*rows.get(row)?).into(),
        })
    }
}

/// Records that hold an IPv6 address as two numbers of 64 bits.
#[derive(Clone, Copy, Debug)]
pub struct Halves<'a> {
    /// All records.
    pub bytes: &'a [u8],
    /// Number of records.
    pub rows: usize,
    /// Bytes from one record to the next.
    pub stride: usize,
    /// Where in a record the first 64 bits of the address stand.
    pub high_at: usize,
    /// Where in a record the last 64 bits stand.
    pub low_at: usize,
    /// Whether both are in network byte order; otherwise they are little-endian.
    pub big_endian: bool,
}

impl Halves<'_> {
    /// The address of a row; `None` where the record does not lie inside the bytes.
    #[inline]
    #[must_use]
    pub fn get(&self, row: usize) -> Option<[u8; 16]> {
        let base = row.checked_mul(self.stride)?;
        let half = |at: usize| -> Option<u64> {
            let bytes = *self.bytes.get(base.checked_add(at)?..)?.first_chunk()?;
            Some(if self.big_endian {
                u64::from_be_bytes(bytes)
            } else {
                u64::from_le_bytes(bytes)
            })
        };
        let (high, low) = (half(self.high_at)?, half(self.low_at)?);
        Some((u128::from(high) << 64 | u128::from(low)).to_be_bytes())
    }
}

/// Byte strings in one of Arrow's three layouts.
#[derive(Clone, Debug)]
pub enum Texts<'a> {
    /// Row `i` is `values[offsets[i]..offsets[i + 1]]`; 32-bit offsets.
    Small {
        /// One more than there are rows.
        offsets: &'a [[u8; 4]],
        /// All texts.
        values: &'a [u8],
    },
    /// The same with 64-bit offsets.
    Large {
        /// One more than there are rows.
        offsets: &'a [[u8; 8]],
        /// All texts.
        values: &'a [u8],
    },
    /// Views: length, then up to twelve bytes in place, or four bytes, buffer and offset.
    Views {
        /// One view a row, contiguous.
        views: &'a [u8],
        /// What long views point into.
        buffers: Vec<&'a [u8]>,
    },
}

/// Bytes of one view.
const VIEW: usize = 16;
/// Longer texts lie outside their view.
const INLINE: usize = 12;

impl<'a> Texts<'a> {
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Texts::Small { offsets, .. } => offsets.len().saturating_sub(1),
            Texts::Large { offsets, .. } => offsets.len().saturating_sub(1),
            Texts::Views { views, .. } => views.len() / VIEW,
        }
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text of a row; `None` where it does not lie inside its buffer.
    #[inline(always)]
    #[must_use]
    pub fn span(&self, row: usize) -> Option<Span<'a>> {
        match self {
            Texts::Small { offsets, values } => {
                let start = u32::from_ne_bytes(*offsets.get(row)?);
                let end = u32::from_ne_bytes(*offsets.get(row.wrapping_add(1))?);
                Span::new(values, start as usize, end as usize)
            }
            Texts::Large { offsets, values } => {
                let start = u64::from_ne_bytes(*offsets.get(row)?);
                let end = u64::from_ne_bytes(*offsets.get(row.wrapping_add(1))?);
                Span::new(values, usize::try_from(start).ok()?, usize::try_from(end).ok()?)
            }
            Texts::Views { views, buffers } => {
                let at = row.checked_mul(VIEW)?;
                let view: &[u8; VIEW] = views.get(at..)?.first_chunk()?;
                let len = word(view, 0) as usize;
                if len <= INLINE {
                    return Span::new(views, at + 4, at + 4 + len);
                }
                let buffer = buffers.get(word(view, 8) as usize)?;
                let start = word(view, 12) as usize;
                Span::new(buffer, start, start.checked_add(len)?)
            }
        }
    }
}

#[inline(always)]
fn word(view: &[u8; VIEW], at: usize) -> u32 {
    u32::from_ne_bytes([view[at], view[at + 1], view[at + 2], view[at + 3]])
}
