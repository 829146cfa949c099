//! Any text makes a set or names its first bad line, and a set printed prefix by prefix reads back
//! as the same set.

use fingerpost_core::prefixset::{PrefixSet, parse_entry};

pub fn check(data: &[u8]) {
    let lines: Vec<&[u8]> = data.split(|&byte| byte == b'\n').collect();
    match PrefixSet::from_text(data) {
        Ok(set) => {
            let text: String = set.prefixes().map(|net| format!("{net}\n")).collect();
            assert_eq!(PrefixSet::from_text(text.as_bytes()), Ok(set.clone()));
            for (first, last) in lines.iter().filter_map(|line| parse_entry(line).ok().flatten()) {
                assert!(set.contains(first, last));
            }
        }
        Err((number, line, error)) => {
            assert_eq!(lines[number - 1], line);
            assert_eq!(parse_entry(line), Err(error));
            assert!(lines[..number - 1].iter().all(|line| parse_entry(line).is_ok()));
        }
    }
}
