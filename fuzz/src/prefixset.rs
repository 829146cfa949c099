//! Two sets of ranges and prefixes obey the algebra of sets, agree with a scan of what went in,
//! and equal what their own prefixes, ranges and flips give back.

use fingerpost_core::addr::{Ip, Net};
use fingerpost_core::prefixset::{Edges, PrefixSet, Ranges, Word};

/// Members are numbers of a family: addresses of a range, both ends included.
type Given = (Ip, Ip);

/// More ranges than this cost time and find nothing new.
const MOST: usize = 32;

pub fn check(data: &[u8]) {
    let (given_a, given_b) = read(data);
    let (a, b) = (set_of(&given_a), set_of(&given_b));
    check_against_scan(&given_a, &given_b, &a, &b);
    check_algebra(&a, &b);
    for set in [&a, &b] {
        check_forms(set);
        // Columns cost a hundred times what all else does: some last bytes ask for them.
        let columns = data.last().is_some_and(|byte| byte % 32 == 1);
        check_family(&set.v4, u32::from_be_bytes, columns);
        check_family(&set.v6, u128::from_be_bytes, columns);
    }
}

/// Ten bytes a range: family and set, the shift of IPv6 numbers, then two words. A range takes
/// them as its ends; a prefix takes the second as its length.
fn read(data: &[u8]) -> (Vec<Given>, Vec<Given>) {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    let (records, _) = data.as_chunks::<10>();
    for &[kind, shift, x0, x1, x2, x3, y0, y1, y2, y3] in records.iter().take(MOST) {
        let (x, y) = (u32::from_be_bytes([x0, x1, x2, x3]), u32::from_be_bytes([y0, y1, y2, y3]));
        let end = |word: u32| match kind & 1 {
            0 => Ip::V4(word),
            // The low bits repeat the word's lowest, so that all-ones ends occur at every shift.
            _ => {
                let shift = u32::from(shift % 97);
                let fill = if word & 1 == 1 { !(u128::MAX << shift) } else { 0 };
                Ip::V6(u128::from(word) << shift | fill)
            }
        };
        let (x, second) = (end(x), end(y));
        let range = if kind & 2 == 0 {
            (x.min(second), x.max(second))
        } else {
            let len = (y % (u32::from(x.bits()) + 1)) as u8;
            Net::new(x, len).map_or((x, x), |net| (net.ip(), net.last()))
        };
        if kind & 4 == 0 { a.push(range) } else { b.push(range) }
    }
    (a, b)
}

fn set_of(given: &[Given]) -> PrefixSet {
    let mut ranges = Ranges::default();
    given.iter().for_each(|&(first, last)| ranges.push(first, last));
    ranges.into_set()
}

fn scan(given: &[Given], address: Ip) -> bool {
    given.iter().any(|&(first, last)| first <= address && address <= last)
}

fn neighbours(address: Ip) -> [Option<Ip>; 3] {
    let (before, after) = match address {
        Ip::V4(a) => (a.checked_sub(1).map(Ip::V4), a.checked_add(1).map(Ip::V4)),
        Ip::V6(a) => (a.checked_sub(1).map(Ip::V6), a.checked_add(1).map(Ip::V6)),
    };
    [before, Some(address), after]
}

fn check_against_scan(given_a: &[Given], given_b: &[Given], a: &PrefixSet, b: &PrefixSet) {
    let results = [a.union(b), a.intersection(b), a.difference(b), a.symmetric_difference(b)];
    let ends = given_a.iter().chain(given_b).flat_map(|&(first, last)| [first, last]);
    for address in ends.flat_map(neighbours).flatten() {
        let (in_a, in_b) = (scan(given_a, address), scan(given_b, address));
        assert_eq!(a.contains(address, address), in_a);
        let expected = [in_a | in_b, in_a & in_b, in_a & !in_b, in_a ^ in_b];
        assert_eq!(results.each_ref().map(|set| set.contains(address, address)), expected);
    }
}

fn check_algebra(a: &PrefixSet, b: &PrefixSet) {
    let (union, common) = (a.union(b), a.intersection(b));
    assert_eq!(union.complement(), a.complement().intersection(&b.complement()));
    assert_eq!(common.complement(), a.complement().union(&b.complement()));
    assert_eq!(a.difference(b), a.intersection(&b.complement()));
    assert_eq!(a.symmetric_difference(b), union.difference(&common));
    assert_eq!(a.complement().complement(), *a);
    assert!(a.is_disjoint(&a.complement()));
    assert_eq!(a.is_subset(b), union == *b);
    assert_eq!(a.is_disjoint(b), common.is_empty());
    assert_eq!(a.union(a), *a);
    assert!(a.difference(a).is_empty());
}

fn check_forms(set: &PrefixSet) {
    let nets: Vec<Net> = set.prefixes().collect();
    assert_eq!(nets.len(), set.prefix_count());
    assert_eq!(nets.iter().copied().collect::<PrefixSet>(), *set);
    assert!(nets.iter().all(|&net| set.contains_net(net)));
    for pair in nets.windows(2) {
        assert!(pair[0] < pair[1]);
        let parent = pair[0].len().checked_sub(1).and_then(|len| Net::new(pair[0].ip(), len));
        let halves = parent.is_some_and(|p| pair[0].len() == pair[1].len() && p.contains(pair[1]));
        assert!(!halves, "{} and {} make {parent:?}", pair[0], pair[1]);
    }
    for len in 0..=32 {
        let first = nets.iter().find(|net| net.len() <= len && net.ip().bits() == 32);
        let block = set.v4.first_block(len).map(Ip::V4);
        assert_eq!(block, first.map(|net| net.ip()));
    }
}

fn check_family<T: Word, const N: usize>(edges: &Edges<T>, read: fn([u8; N]) -> T, columns: bool) {
    assert_eq!(Edges::from_flips(edges.flips().to_vec()).as_ref(), Some(edges));
    assert_eq!(edges.ranges().count(), edges.range_count());
    assert_eq!(Edges::from_ranges(edges.ranges().collect()), *edges);
    let mut bytes = Vec::new();
    edges.flips().iter().for_each(|flip| flip.push_be(&mut bytes));
    assert_eq!(T::all_from_be(&bytes).as_deref(), Some(edges.flips()));
    if !columns {
        return;
    }
    // As many queries as make the bulk search build its directory, and one fewer.
    let (rows, _) = bytes.as_chunks::<N>();
    for count in [4_095, 4_096] {
        let queries: Vec<[u8; N]> = rows.iter().copied().cycle().take(count).collect();
        let mut found = vec![2; queries.len()];
        edges.contains_many(&queries, read, &mut found);
        for (query, found) in queries.iter().zip(found) {
            assert_eq!(found == 1, edges.contains(read(*query), read(*query)));
        }
    }
}
