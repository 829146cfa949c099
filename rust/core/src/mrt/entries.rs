//! Every entry of a dump, one by one: what no election has thinned out.

use super::DecodeError;
use super::attributes::Attributes;
use super::record::Decoder;
use super::stream::Stream;
use super::table::Route;
use crate::addr::Net;

/// One entry, or why it did not decode.
pub type EntryOrError = Result<(Net, Route), DecodeError>;

/// A dump read entry by entry: what each chunk completes is handed out and forgotten.
#[derive(Default)]
pub struct MrtEntries {
    stream: Stream,
    decoder: Decoder,
}

impl MrtEntries {
    /// The entries that `chunk` completes, in file order.
    pub fn feed(&mut self, chunk: &[u8]) -> Vec<EntryOrError> {
        let mut entries = Vec::new();
        let MrtEntries { stream, decoder } = self;
        stream.feed(chunk, |found| {
            let done = found.and_then(|(header, body)| {
                decoder.decode(header, body, &mut |entry| {
                    entries.push(entry.and_then(|entry| {
                        let attributes = Attributes::decode(&entry.attributes, entry.as_size)?;
                        let route = Route { peer: entry.peer, path_id: entry.path_id, attributes };
                        Ok((entry.net, route))
                    }));
                })
            });
            if let Err(error) = done {
                entries.push(Err(error));
            }
        });
        entries
    }

    /// The file is over.
    ///
    /// # Errors
    /// It ends inside a record.
    pub fn finish(&mut self) -> Result<(), DecodeError> {
        self.stream.finish()
    }
}
