//! Which rows of a column repeat an earlier prefix.

use crate::addr::Net;

/// The rows whose prefix stands in an earlier row too, ascending.
///
/// A strictly ascending column, the usual shape of a table file, is recognised in one pass.
#[must_use]
pub fn repeated_rows(nets: &[Net]) -> Vec<u32> {
    if nets.windows(2).all(|pair| pair[0] < pair[1]) {
        return Vec::new();
    }
    let mut order: Vec<(Net, u32)> = nets.iter().copied().zip(0..).collect();
    order.sort_unstable(); // by sorting, not hashing: no input makes it slow
    let mut rows: Vec<u32> =
        order.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| pair[1].1).collect();
    rows.sort_unstable();
    rows
}

#[cfg(test)]
mod tests {
    use super::repeated_rows;
    use crate::addr::parse_net;

    #[test]
    fn every_later_appearance_counts() {
        let nets: Vec<_> = ["::/0", "10.0.0.0/8", "::/0", "10.0.0.0/9", "10.0.0.0/8", "::/0"]
            .iter()
            .filter_map(|t| parse_net(t.as_bytes()).ok())
            .collect();
        assert_eq!(repeated_rows(&nets), [2, 4, 5]);
        assert!(repeated_rows(&nets[..2]).is_empty());
        assert!(repeated_rows(&[]).is_empty());
    }
}
