//! Bulk lookups of an image, with the instructions that were chosen.

use super::Lookup;
use super::image::Image;
use super::simd::Simd;

impl Image {
    /// Bulk lookup with the given instructions, which must be at most the machine's best.
    #[allow(unused_variables)] // elsewhere than on x86-64 there is but one way
    pub(crate) fn lookup4_with(&self, simd: Simd, addrs: &[u32], out: &mut [u32]) {
        let out = &mut out[..addrs.len()];
        match simd.min(Simd::best()) {
            // SAFETY: the machine has the features; the lengths agree.
            #[cfg(target_arch = "x86_64")]
            Simd::Avx512 => unsafe { super::avx512::lookup4(self, addrs, out) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Simd::Avx2 => unsafe { super::avx2::lookup4(self, addrs, out) },
            _ => super::scalar::lookup4(self, addrs, out),
        }
    }

    /// As [`Image::lookup4_with`], for IPv6.
    #[allow(unused_variables)]
    pub(crate) fn lookup6_with(&self, simd: Simd, addrs: &[[u8; 16]], out: &mut [u32]) {
        let out = &mut out[..addrs.len()];
        match simd.min(Simd::best()) {
            // SAFETY: the machine has the features; the lengths agree.
            #[cfg(target_arch = "x86_64")]
            Simd::Avx512 => unsafe { super::avx512::lookup6(self, addrs, out) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Simd::Avx2 => unsafe { super::avx2::lookup6(self, addrs, out) },
            _ => super::scalar::lookup6(self, addrs, out),
        }
    }
}

impl Lookup for Image {
    fn lookup4(&self, addrs: &[u32], out: &mut [u32]) {
        self.lookup4_with(Simd::chosen(), addrs, out);
    }

    fn lookup6(&self, addrs: &[[u8; 16]], out: &mut [u32]) {
        self.lookup6_with(Simd::chosen(), addrs, out);
    }
}
