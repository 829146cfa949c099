//! The runs of a node's cells, sixteen cells at a time (AVX-512).

use std::arch::x86_64::*;

const LANES: usize = 16;

/// The runs of 256 cells: which byte begins one, and their cells; gives their number.
///
/// # Safety
/// The machine has the features.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vpopcntdq")]
pub unsafe fn runs_of(cells: &[u32; 256], begins: &mut [u64; 4], runs: &mut [u32; 272]) -> usize {
    let mut count = 0;
    for part in 0..16 {
        let from = cells.as_ptr().wrapping_add(part * LANES);
        // SAFETY: sixteen cells; of the first part's predecessors the one outside is masked out.
        let (here, before) = unsafe {
            let mask = if part == 0 { !1 } else { !0 };
            (
                _mm512_loadu_si512(from.cast()),
                _mm512_maskz_loadu_epi32(mask, from.wrapping_sub(1).cast()),
            )
        };
        let differs = _mm512_cmpneq_epi32_mask(here, before) | u16::from(part == 0);
        begins[part / 4] |= u64::from(differs) << (16 * (part % 4));
        // SAFETY: at most 256 runs came before, and there is room for sixteen more.
        unsafe {
            let to = runs.as_mut_ptr().add(count);
            _mm512_storeu_si512(to.cast(), _mm512_maskz_compress_epi32(differs, here));
        }
        count += differs.count_ones() as usize;
    }
    count
}
