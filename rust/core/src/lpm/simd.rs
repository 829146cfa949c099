//! Which bulk lookup this machine gets.
//!
//! The choice is made once. `FINGERPOST_SIMD=scalar`, `avx2` or `avx512` asks for less than the
//! machine offers, to measure or to rule out.

use std::sync::OnceLock;

use super::Lookup;
use super::image::Image;

/// Instructions that the bulk lookup uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Simd {
    /// None: one address after the other. Elsewhere than on x86-64 the compiler vectorises.
    Scalar,
    /// AVX2 gathers.
    Avx2,
    /// AVX-512 gathers and population counts.
    Avx512,
}

impl Simd {
    /// The name that `FINGERPOST_SIMD` takes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Simd::Scalar => "scalar",
            Simd::Avx2 => "avx2",
            Simd::Avx512 => "avx512",
        }
    }

    /// The best of this machine, or what the environment asks for if that is less.
    #[must_use]
    pub fn chosen() -> Simd {
        static CHOSEN: OnceLock<Simd> = OnceLock::new();
        *CHOSEN.get_or_init(|| {
            let best = Simd::best();
            let wish = std::env::var("FINGERPOST_SIMD").ok();
            let wish = [Simd::Scalar, Simd::Avx2, Simd::Avx512]
                .into_iter()
                .find(|simd| wish.as_deref() == Some(simd.name()));
            wish.map_or(best, |wish| wish.min(best))
        })
    }

    #[cfg(target_arch = "x86_64")]
    fn best() -> Simd {
        if super::avx512::is_available() {
            Simd::Avx512
        } else if super::avx2::is_available() {
            Simd::Avx2
        } else {
            Simd::Scalar
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn best() -> Simd {
        Simd::Scalar
    }
}

impl Image {
    /// Bulk lookup with the given instructions, which must be at most the machine's best.
    #[allow(unused_variables)] // elsewhere than on x86-64 there is but one way
    pub(super) fn lookup4_with(&self, simd: Simd, addrs: &[u32], out: &mut [u32]) {
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
    pub(super) fn lookup6_with(&self, simd: Simd, addrs: &[[u8; 16]], out: &mut [u32]) {
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
