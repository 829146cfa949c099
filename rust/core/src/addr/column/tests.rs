//! The fast paths against `parse_zoned`, on texts that are addresses, nearly so, and not at all.

use proptest::prelude::*;

use super::*;

fn parsed(parser: Parser, text: Span<'_>) -> Option<Ip> {
    let mut found = None;
    parser.each(std::iter::once((0, Some(text))), |_, ip| found = ip);
    found
}

/// The text at every distance from its buffer's end, with hostile neighbours.
fn check(text: &[u8]) {
    let expected = parse_zoned(text).ok().map(|(ip, _)| ip);
    for neighbour in [b'1', b':', b'.', b'f', 0] {
        for after in [0, 1, 3, 15, 16, 47, 48] {
            let mut buffer = vec![neighbour; 2];
            buffer.extend_from_slice(text);
            buffer.resize(buffer.len() + after, neighbour);
            let span = Span::new(&buffer, 2, 2 + text.len()).expect("inside");
            for parser in Parser::all() {
                let found = parsed(parser, span);
                assert_eq!(found, expected, "{parser:?} {:?}", String::from_utf8_lossy(text));
            }
        }
    }
}

#[test]
fn edges_of_the_grammar() {
    let texts = [
        "",
        "0",
        "::",
        ":",
        ":::",
        "1::",
        "::1",
        "1:",
        ":1",
        "1::2::3",
        "0.0.0.0",
        "00.0.0.0",
        "255.255.255.255",
        "256.0.0.0",
        "999.1.1.1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.04",
        "1..2.3",
        "1.2.3.",
        ".1.2.3",
        "1.2.3.4 ",
        " 1.2.3.4",
        "1.2.3.-4",
        "1.2.3.4\0",
        "0\0::1",
        "1.2.3.:",
        "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7::",
        "::2:3:4:5:6:7:8",
        "1::3:4:5:6:7:8",
        "1:2:3:4:5:6:7:8:9",
        "1::2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:8::",
        "12345::",
        "::12345",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "FFFF:abcd:EF01::",
        "g::",
        "::ffff:1.2.3.4",
        "::1.2.3.4",
        "64:ff9b::192.0.2.33",
        "1:2:3:4:5:6:1.2.3.4",
        "fe80::1%eth0",
        "fe80::1%",
        "192.0.2.1%eth0",
        "::%a b",
        "fe80::%\u{e9}",
        "::@",
        "::`",
        "1:2:3:4:5:6:7:",
        ":2:3:4:5:6:7:8",
        "0x1.2.3.4",
        "1\u{ff0e}2.3.4",
        "::/0",
        "1.2.3.4/32",
    ];
    for text in texts {
        check(text.as_bytes());
    }
}

#[test]
fn all_shapes_of_a_dotted_quad() {
    let numbers = ["0", "9", "00", "10", "99", "01", "100", "255", "256", "999", "010", "0000"];
    for a in numbers {
        for b in numbers {
            for c in numbers {
                let text = format!("{a}.{b}.{c}.{a}");
                let expected = parse_zoned(text.as_bytes()).ok().map(|(ip, _)| ip);
                for parser in Parser::all() {
                    let span = Span::new(text.as_bytes(), 0, text.len()).expect("inside");
                    assert_eq!(parsed(parser, span), expected, "{text}");
                }
            }
        }
    }
}

#[test]
fn a_span_outside_its_buffer_is_refused() {
    assert!(Span::new(b"abc", 0, 4).is_none());
    assert!(Span::new(b"abc", 3, 2).is_none());
    assert!(Span::new(b"abc", usize::MAX, usize::MAX).is_none());
    assert_eq!(Span::new(b"abc", 3, 3).map(Span::text), Some(&b""[..]));
}

/// One change to a good text: what typing errors and cut columns look like.
fn damaged(text: String, at: usize, byte: u8, how: u8) -> Vec<u8> {
    let mut bytes = text.into_bytes();
    let at = at % (bytes.len() + 1);
    match how % 4 {
        0 => bytes.insert(at, byte),
        1 if at < bytes.len() => bytes[at] = byte,
        2 => bytes.truncate(at),
        _ if at < bytes.len() => drop(bytes.remove(at)),
        _ => {}
    }
    bytes
}

proptest! {
    #[test]
    fn ipv4_texts(address: u32) {
        check(std::net::Ipv4Addr::from(address).to_string().as_bytes());
    }

    #[test]
    fn ipv6_texts(address: u128, keep: u128) {
        check(std::net::Ipv6Addr::from(address).to_string().as_bytes());
        check(std::net::Ipv6Addr::from(address & keep & keep.rotate_left(29)).to_string().as_bytes());
    }

    #[test]
    fn ipv6_groups_in_any_writing(groups in prop::collection::vec("[0-9a-fA-F]{1,4}", 0..9),
                                  gap in 0usize..10) {
        let mut text = groups.join(":");
        if gap <= groups.len() {
            text = format!("{}::{}", groups[..gap].join(":"), groups[gap..].join(":"));
        }
        check(text.as_bytes());
    }

    #[test]
    fn damaged_texts(address: u128, small: u32, at: usize, how: u8,
                     byte in prop::sample::select(b"0123456789abcfgG:. /%x\0-\xff".to_vec())) {
        check(&damaged(std::net::Ipv4Addr::from(small).to_string(), at, byte, how));
        check(&damaged(std::net::Ipv6Addr::from(address).to_string(), at, byte, how));
    }

    #[test]
    fn any_texts_of_their_alphabet(text in "[0-9a-f:.]{0,44}") {
        check(text.as_bytes());
    }

    #[test]
    fn any_bytes(text in prop::collection::vec(any::<u8>(), 0..50)) {
        check(&text);
    }
}
