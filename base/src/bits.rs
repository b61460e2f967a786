//! Bits of a word: the `g_bit_` functions of `gutils.h`.

use crate::types::*;

/// The lowest set bit above `nth_bit`, or -1.
#[no_mangle]
pub unsafe extern "C" fn g_bit_nth_lsf(mask: c_ulong, nth_bit: c_int) -> c_int {
    let from = u32::try_from(nth_bit.saturating_add(1)).unwrap_or(0);
    match mask & c_ulong::MAX.checked_shl(from).unwrap_or(0) {
        0 => -1,
        left => left.trailing_zeros() as c_int,
    }
}

/// The highest set bit below `nth_bit`, or -1; any bit if that is negative or too large.
#[no_mangle]
pub unsafe extern "C" fn g_bit_nth_msf(mask: c_ulong, nth_bit: c_int) -> c_int {
    let below = match u32::try_from(nth_bit) {
        Ok(bit) if bit < c_ulong::BITS => (1 << bit) - 1,
        _ => c_ulong::MAX,
    };
    match mask & below {
        0 => -1,
        left => left.ilog2() as c_int,
    }
}

/// How many bits a number takes, at least 1.
#[no_mangle]
pub unsafe extern "C" fn g_bit_storage(number: c_ulong) -> c_uint {
    (c_ulong::BITS - number.leading_zeros()).max(1)
}
