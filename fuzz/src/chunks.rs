//! Input cut into chunks, as a file is read: where to cut follows from the bytes themselves, so
//! that every input file is a plain file of its format.

/// Chunks of one length, at most 97 bytes, that the content decides.
pub fn chunks(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mixed = data
        .iter()
        .fold(data.len(), |sum, &byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte)));
    data.chunks(1 + mixed % 97)
}
