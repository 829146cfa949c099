//! Bulk lookup on machines with AVX2, population count and bit manipulation (x86-64-v3).

use super::image::Image;
use super::scalar;

/// Whether this machine can.
pub fn is_available() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("popcnt")
}

/// IPv4 addresses in host order.
///
/// # Safety
/// The machine has the features; `out` is as long as `addrs`.
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
pub unsafe fn lookup4(image: &Image, addrs: &[u32], out: &mut [u32]) {
    scalar::lookup4(image, addrs, out);
}

/// IPv6 addresses in network order.
///
/// # Safety
/// As for [`lookup4`].
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
pub unsafe fn lookup6(image: &Image, addrs: &[[u8; 16]], out: &mut [u32]) {
    scalar::lookup6(image, addrs, out);
}
