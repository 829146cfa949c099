//! Which instructions this machine gets.
//!
//! The choice is made once. `FINGERPOST_SIMD=scalar`, `avx2` or `avx512` asks for less than the
//! machine offers, to measure or to rule out.

use std::sync::OnceLock;

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

    /// The instructions of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Simd> {
        [Simd::Scalar, Simd::Avx2, Simd::Avx512].into_iter().find(|simd| name == simd.name())
    }

    /// The best of this machine, or what the environment asks for if that is less.
    #[must_use]
    pub fn chosen() -> Simd {
        static CHOSEN: OnceLock<Simd> = OnceLock::new();
        *CHOSEN.get_or_init(|| {
            let best = Simd::best();
            let wish = std::env::var("FINGERPOST_SIMD").ok();
            let wish = wish.as_deref().and_then(Simd::named);
            wish.map_or(best, |wish| wish.min(best))
        })
    }

    /// The best of this machine.
    #[cfg(target_arch = "x86_64")]
    #[must_use]
    pub fn best() -> Simd {
        if is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vpopcntdq")
        {
            Simd::Avx512
        } else if is_x86_feature_detected!("avx2") {
            Simd::Avx2
        } else {
            Simd::Scalar
        }
    }

    /// The best of this machine.
    #[cfg(not(target_arch = "x86_64"))]
    #[must_use]
    pub fn best() -> Simd {
        Simd::Scalar
    }
}
