//! Table text: lines of `prefix [value]`, from chunks of bytes to columns.
//!
//! The life of a line: [`lines::Lines`] cuts it out of the chunks (bounded), [`table::TextTable`]
//! takes the prefix off its front and interns the rest. A line that is not a route is listed with
//! its number and reason; the list is bounded, the count is not.

mod intern;
mod lines;
mod repeat;
mod table;

pub use intern::Interner;
pub use lines::MAX_LINE;
pub use repeat::repeated_rows;
pub use table::{BadLine, BadReason, MAX_BAD, TextTable};
