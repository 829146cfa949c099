//! The mirror: what readers see, what they lose, and that notes keep their place.

use super::{Behind, Format, Heads, Mirror};
use crate::bgp::family::Family;

fn mirror() -> Mirror {
    let mut mirror = Mirror::default();
    mirror.set_room(1000, 0);
    let heads = Heads { bmp: vec![7; 42], mrt: vec![0, 4, 9, 9] };
    mirror.set_heads(1, false, Some(heads));
    mirror
}

fn read(mirror: &Mirror, from: u64, format: Format) -> super::Mirrored {
    mirror.read(from, 1 << 20, format, |_| true, |_, _, _, _, _| {})
}

#[test]
fn messages_and_notes_come_in_their_order() {
    let mut mirror = mirror();
    mirror.note(Format::Bmp, b"up");
    mirror.take(1, false, b"MESSAGE", 5_000_001_000);
    mirror.take(2, false, b"of one who is not watched", 0);
    mirror.note(Format::Mrt, b"state");
    let bmp = read(&mirror, 0, Format::Bmp);
    assert_eq!((bmp.next, bmp.is_lost), (3, false));
    let head = [&[3, 0, 0, 0, 55, 0][..], &[7; 34], &[0, 0, 0, 5, 0, 0, 0, 1]].concat();
    assert_eq!(bmp.octets, [b"up".as_slice(), &head, b"MESSAGE"].concat());
    let record = [0, 0, 0, 5, 0, 17, 0, 4, 0, 0, 0, 13, 0, 0, 0, 1, 9, 9];
    let wanted = [&record[..], b"MESSAGE", b"state"].concat();
    assert_eq!(read(&mirror, 0, Format::Mrt).octets, wanted);
    assert!(read(&mirror, bmp.next, Format::Bmp).octets.is_empty());
}

#[test]
fn what_falls_out_is_told_and_room_is_kept() {
    let mut mirror = mirror();
    for _ in 0..100 {
        mirror.take(1, false, &[0; 100], 0);
        assert!(mirror.held() <= 1000);
    }
    let found = read(&mirror, 0, Format::Bmp);
    assert_eq!((found.is_lost, found.next), (true, 100));
    assert!(!read(&mirror, 95, Format::Bmp).is_lost);
    mirror.forget(97);
    assert!(read(&mirror, 95, Format::Bmp).is_lost);
    mirror.set_room(0, 0);
    mirror.take(1, false, b"nobody", 0);
    assert_eq!((mirror.held(), mirror.end()), (0, 100));
}

#[test]
fn what_a_policy_judges_anew_is_for_bmp_alone() {
    let mut mirror = mirror();
    mirror.judge(1, Family::IPV4, &[3, 0x0102_0304]);
    mirror.judge(2, Family::IPV4, &[1]); // nobody watches it
    let mut seen = Vec::new();
    for format in [Format::Bmp, Format::Mrt] {
        let found = mirror.read(
            0,
            1 << 20,
            format,
            |_| true,
            |peer, head, behind, at, _| {
                if let Behind::Judged(family, places) = behind {
                    seen.push((peer, head.len(), family, places.to_vec(), at));
                }
            },
        );
        assert_eq!((found.next, found.octets.len()), (1, 0));
    }
    assert_eq!(seen, [(1, 42, Family::IPV4, vec![0, 0, 0, 3, 1, 2, 3, 4], 0)]);
}
