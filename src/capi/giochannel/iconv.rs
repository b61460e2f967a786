//! Converters: iconv as the brain knows it.
//!
//! Facts: (a) what could not be converted is told by errno: EILSEQ, EINVAL for an incomplete
//! character at the end, E2BIG for want of room; pointers and counts are advanced to where it
//! stopped all the same. (b) A call without input brings the converter back to its first state.

use std::ffi::{c_char, CStr};
use std::ptr::null_mut;

use crate::capi::base::{g_iconv, g_iconv_close, g_iconv_open, GIConv};
use crate::channel::{Converted, Converter, Stop};
use crate::sys::Errno;

/// A converter, or the lack of one for a direction the channel does not have.
pub struct Iconv(GIConv);

const NONE: GIConv = std::ptr::without_provenance_mut(usize::MAX);

impl Iconv {
    pub fn none() -> Iconv {
        Iconv(NONE)
    }

    pub fn open(to: &CStr, from: &CStr) -> Result<Iconv, Errno> {
        // SAFETY: both are NUL-terminated (I8).
        let converter = unsafe { g_iconv_open(to.as_ptr(), from.as_ptr()) };
        if converter == NONE {
            Err(Errno::last())
        } else {
            Ok(Iconv(converter))
        }
    }
}

impl Converter for Iconv {
    fn convert(&mut self, from: &[u8], to: &mut [u8]) -> Converted {
        if self.0 == NONE {
            return Converted { used: 0, made: 0, stop: Stop::Failed(Errno::BADF) };
        }
        let mut input = from.as_ptr().cast::<c_char>().cast_mut();
        let mut output = to.as_mut_ptr().cast::<c_char>();
        let (mut input_left, mut output_left) = (from.len(), to.len());
        // SAFETY: an open converter; both buffers are as long as is said, and iconv does not write
        // to its input (I8).
        let result =
            unsafe { g_iconv(self.0, &mut input, &mut input_left, &mut output, &mut output_left) };
        let stop = if result != usize::MAX {
            Stop::Done
        } else {
            match Errno::last() {
                Errno(libc::E2BIG) => Stop::Full,
                Errno(libc::EINVAL) => Stop::Unfinished,
                Errno(libc::EILSEQ) => Stop::Illegal,
                errno => Stop::Failed(errno),
            }
        };
        Converted { used: from.len() - input_left, made: to.len() - output_left, stop }
    }

    fn reset(&mut self) {
        if self.0 != NONE {
            // SAFETY: an open converter (I8).
            unsafe { g_iconv(self.0, null_mut(), null_mut(), null_mut(), null_mut()) };
        }
    }
}

impl Drop for Iconv {
    fn drop(&mut self) {
        if self.0 != NONE {
            // SAFETY: an open converter, not used again (I8).
            unsafe { g_iconv_close(self.0) };
        }
    }
}
