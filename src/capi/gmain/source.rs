//! Sources: life, callback, priority, name, children; removing them by id or data.

use std::ffi::{c_char, c_int, c_uint, c_void};
use std::ptr::{null, null_mut, NonNull};

use super::{context_or_default, global};
use crate::capi::base::{g_free, g_strdup};
use crate::capi::funcs::{c_source, engine_source, func, notify, C_SOURCE};
use crate::capi::gboolean;
use crate::capi::messages::critical_number;
use crate::capi::types::{
    GClearHandleFunc, GDestroyNotify, GMainContext, GSource, GSourceCallbackFuncs,
    GSourceDisposeFunc, GSourceFunc, GSourceFuncs,
};
use crate::engine::source::SourcePtr;

/// A new source of `struct_size` zeroed bytes with one reference.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_new(
    source_funcs: *mut GSourceFuncs,
    struct_size: c_uint,
) -> *mut GSource {
    let name = c"g_source_new";
    require!(name, !source_funcs.is_null(), c"source_funcs != NULL", null_mut());
    let fits = struct_size as usize >= size_of::<GSource>();
    require!(name, fits, c"struct_size >= sizeof (GSource)", null_mut());
    c_source(SourcePtr::new(&C_SOURCE, source_funcs.cast_const().cast(), struct_size, false))
}

/// Adds a reference and returns its argument.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_ref(source: *mut GSource) -> *mut GSource {
    let name = c"g_source_ref";
    require!(name, !source.is_null(), c"source != NULL", null_mut());
    // SAFETY: not NULL, hence a live source (I8).
    let this = unsafe { engine_source(source) };
    require!(name, this.count_is_sane(), c"old_ref >= 0", null_mut());
    this.reference();
    source
}

/// Drops a reference; with the last one the source is finalized.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_unref(source: *mut GSource) {
    require!(c"g_source_unref", !source.is_null(), c"source != NULL");
    // SAFETY: not NULL, hence a live source (I8).
    let source = unsafe { engine_source(source) };
    require!(c"g_source_unref_internal", source.is_referenced(), c"old_ref > 0");
    source.unreference();
}

/// Sets the function that runs before finalization, once. Since 2.64.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_set_dispose_function(
    source: *mut GSource,
    dispose: GSourceDisposeFunc,
) {
    let name = c"g_source_set_dispose_function";
    let source = require_source!(name, source);
    let function = dispose.and_then(|dispose| NonNull::new(dispose as *mut ()));
    let was_unset = source.set_dispose(function);
    require!(name, was_unset, c"was_unset");
}

/// Attaches to a context (NULL: the default) and returns the id, or 0.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_attach(
    source: *mut GSource,
    context: *mut GMainContext,
) -> c_uint {
    let name = c"g_source_attach";
    let this = require_source!(name, source, 0);
    require!(name, !this.is_attached_or_was(), c"source->context == NULL", 0);
    require!(name, !this.is_destroyed(), c"!SOURCE_DESTROYED (source)", 0);
    // SAFETY: NULL or alive (I8).
    this.attach(unsafe { context_or_default(context) }).unwrap_or(0)
}

/// Destroys the source: it will not be dispatched any more. The reference stays the caller's.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_destroy(source: *mut GSource) {
    require_source!(c"g_source_destroy", source).destroy();
}

/// Whether the source has been destroyed. Since 2.12.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_is_destroyed(source: *mut GSource) -> c_int {
    gboolean(require_source!(c"g_source_is_destroyed", source, 1).is_destroyed())
}

/// The id within the context it is or was attached to.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_get_id(source: *mut GSource) -> c_uint {
    let name = c"g_source_get_id";
    let source = require_source!(name, source, 0);
    require!(name, source.has_context(), c"context != NULL", 0);
    source.id()
}

/// The context, without a reference; NULL before attaching.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_get_context(source: *mut GSource) -> *mut GMainContext {
    let name = c"g_source_get_context";
    let source = require_source!(name, source, null_mut());
    let sound = source.has_context() || !source.is_destroyed();
    require!(name, sound, c"source->context != NULL || !SOURCE_DESTROYED (source)", null_mut());
    source.context_ptr()
}

/// The context with a new reference, safe while another thread drops it. Since 2.86.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_dup_context(source: *mut GSource) -> *mut GMainContext {
    let name = c"g_source_dup_context";
    let source = require_source!(name, source, null_mut());
    let context = source.referenced_context();
    let sound = !context.is_null() || !source.is_destroyed();
    require!(name, sound, c"source->context != NULL || !SOURCE_DESTROYED (source)", null_mut());
    context.cast_mut()
}

/// Sets the priority; smaller is more urgent.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_set_priority(source: *mut GSource, priority: c_int) {
    let name = c"g_source_set_priority";
    let source = require_source!(name, source);
    require!(name, !source.has_parent(), c"source->priv->parent_source == NULL");
    source.set_priority(priority);
}

/// The priority.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_get_priority(source: *mut GSource) -> c_int {
    require_source!(c"g_source_get_priority", source, 0).priority()
}

/// Whether nested iterations of its own dispatch may dispatch it again.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_set_can_recurse(source: *mut GSource, can_recurse: c_int) {
    require_source!(c"g_source_set_can_recurse", source).set_can_recurse(can_recurse != 0);
}

/// What `g_source_set_can_recurse` set.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_get_can_recurse(source: *mut GSource) -> c_int {
    gboolean(require_source!(c"g_source_get_can_recurse", source, 0).can_recurse())
}

/// Sets the callback, its data, and what to call when the data is not needed any more.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_set_callback(
    source: *mut GSource,
    callback: GSourceFunc,
    data: *mut c_void,
    destroy: GDestroyNotify,
) {
    let source = require_source!(c"g_source_set_callback", source);
    source.set_callback(func(callback), data.cast(), notify(destroy)).run();
}

/// Sets a callback that the program counts and reads through its own functions.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_set_callback_indirect(
    source: *mut GSource,
    callback_data: *mut c_void,
    callback_funcs: *mut GSourceCallbackFuncs,
) {
    let name = c"g_source_set_callback_indirect";
    let source = require_source!(name, source);
    let sound = !callback_funcs.is_null() || callback_data.is_null();
    require!(name, sound, c"callback_funcs != NULL || callback_data == NULL");
    source.set_callback_indirect(callback_data.cast(), callback_funcs).run();
}

/// Replaces the function table of a source that was never attached. Since 2.12.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_set_funcs(source: *mut GSource, funcs: *mut GSourceFuncs) {
    let name = c"g_source_set_funcs";
    require!(name, !source.is_null(), c"source != NULL");
    // SAFETY: not NULL, hence a live source (I8).
    let this = unsafe { engine_source(source) };
    require!(name, !this.is_attached_or_was(), c"source->context == NULL");
    require!(name, this.is_referenced(), c"g_atomic_int_get (&source->ref_count) > 0");
    require!(name, !funcs.is_null(), c"funcs != NULL");
    this.set_table(funcs.cast_const().cast());
}

fn set_name_full(source: *mut GSource, name: *const c_char, copy: bool) {
    let source = require_source!(c"g_source_set_name_full", source);
    let owned = copy && !name.is_null();
    // SAFETY: a string to copy (I8).
    let name = if owned { unsafe { g_strdup(name) } } else { name.cast_mut() };
    let old = source.set_name(name.cast(), owned);
    // SAFETY: a copy made here earlier, or NULL (I8).
    unsafe { g_free(old.cast()) }
}

/// Sets a name for debugging, copied; NULL clears it. Since 2.26.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_set_name(source: *mut GSource, name: *const c_char) {
    set_name_full(source, name, true);
}

/// As `g_source_set_name`, keeping the pointer. Since 2.70.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_set_static_name(
    source: *mut GSource,
    name: *const c_char,
) {
    set_name_full(source, name, false);
}

/// The name, owned by the source; NULL if it has none. Since 2.26.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_get_name(source: *mut GSource) -> *const c_char {
    require_source!(c"g_source_get_name", source, null()).name().cast()
}

/// Names a source of the default context by its id; an unknown id is ignored. Since 2.26.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_set_name_by_id(tag: c_uint, name: *const c_char) {
    require!(c"g_source_set_name_by_id", tag > 0, c"tag > 0");
    if let Some(source) = global().find_by_id(tag) {
        set_name_full(c_source(source), name, true);
    }
}

/// Makes `child_source` a child: ready children make their parent ready. Since 2.28.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_add_child_source(
    source: *mut GSource,
    child_source: *mut GSource,
) {
    let name = c"g_source_add_child_source";
    let parent = require_source!(name, source);
    require!(name, !child_source.is_null(), c"child_source != NULL");
    // SAFETY: not NULL, hence a live source (I8).
    let child = unsafe { engine_source(child_source) };
    require!(name, child.is_referenced(), c"g_atomic_int_get (&child_source->ref_count) > 0");
    require!(name, !parent.is_destroyed(), c"!SOURCE_DESTROYED (source)");
    require!(name, !child.is_destroyed(), c"!SOURCE_DESTROYED (child_source)");
    require!(name, !child.is_attached_or_was(), c"child_source->context == NULL");
    require!(name, !child.has_parent(), c"child_source->priv->parent_source == NULL");
    parent.add_child(child);
}

/// Destroys a child. Since 2.28.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_remove_child_source(
    source: *mut GSource,
    child_source: *mut GSource,
) {
    let name = c"g_source_remove_child_source";
    let parent = require_source!(name, source);
    require!(name, !child_source.is_null(), c"child_source != NULL");
    // SAFETY: not NULL, hence a live source (I8).
    let child = unsafe { engine_source(child_source) };
    require!(name, child.is_referenced(), c"g_atomic_int_get (&child_source->ref_count) > 0");
    let related = parent.is_parent_of(child);
    require!(name, related, c"child_source->priv->parent_source == source");
    require!(name, !parent.is_destroyed(), c"!SOURCE_DESTROYED (source)");
    require!(name, !child.is_destroyed(), c"!SOURCE_DESTROYED (child_source)");
    parent.remove_child(child);
}

/// Destroys a source of the default context by its id.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_remove(tag: c_uint) -> c_int {
    require!(c"g_source_remove", tag > 0, c"tag > 0", 0);
    let found = global().destroy_by_id(tag);
    if !found {
        critical_number(c"Source ID %u was not found when attempting to remove it", tag);
    }
    gboolean(found)
}

/// Destroys the first source of the default context whose callback has this data.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_remove_by_user_data(user_data: *mut c_void) -> c_int {
    gboolean(global().destroy_by_user_data(user_data.cast(), None))
}

/// As `g_source_remove_by_user_data`, with these functions only.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_source_remove_by_funcs_user_data(
    funcs: *mut GSourceFuncs,
    user_data: *mut c_void,
) -> c_int {
    require!(c"g_source_remove_by_funcs_user_data", !funcs.is_null(), c"funcs != NULL", 0);
    let table = funcs.cast_const().cast();
    gboolean(global().destroy_by_user_data(user_data.cast(), Some(table)))
}

/// Stores 0 in a handle and gives its old value, unless that was 0, to `clear_func`. Since 2.56.
///
/// # Safety
/// See the module `capi`.
#[no_mangle]
pub unsafe extern "C-unwind" fn g_clear_handle_id(
    tag_ptr: *mut c_uint,
    clear_func: GClearHandleFunc,
) {
    // SAFETY: the handle is writable (I8).
    let handle = unsafe { tag_ptr.replace(0) };
    if let Some(clear) = clear_func.filter(|_| handle > 0) {
        // SAFETY: the program's function for its handle (I8).
        unsafe { clear(handle) }
    }
}
