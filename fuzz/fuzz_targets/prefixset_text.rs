#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| fingerpost_fuzz::prefixset_text::check(data));
