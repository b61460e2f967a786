//! The private table through which libgio and libgobject reach what libglib does not export.
//!
//! Two of its functions deal in contexts and have to be ours; all others stay libglib's. So callers
//! get a copy with two slots replaced. The first call comes from libgobject's constructor, which may
//! run before ours.

use std::sync::OnceLock;

use mainspring::capi::gmain::context::context_new_with_next_id;

use crate::standing::{self, Standing};
use crate::worker;

const GET_WORKER_CONTEXT: usize = 5;
const CONTEXT_NEW_WITH_NEXT_ID: usize = 7;

/// libglib's table of private functions as the overlay has it. Since 2.32.
#[no_mangle]
pub extern "C" fn glib__private__() -> *const usize {
    static TABLE: OnceLock<Vec<usize>> = OnceLock::new();
    match standing::standing() {
        Standing::Leading(libglib) => {
            let copy = || {
                let mut slots = libglib.slots.clone();
                slots[GET_WORKER_CONTEXT] = worker::context as *const () as usize;
                slots[CONTEXT_NEW_WITH_NEXT_ID] = context_new_with_next_id as *const () as usize;
                slots
            };
            TABLE.get_or_init(copy).as_ptr()
        }
        Standing::Idle { libglib: Some(libglib), .. } => libglib.own_private_table(),
        Standing::Idle { .. } => std::ptr::null(),
    }
}
