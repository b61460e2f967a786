//! Preconditions that read like a list at the door of a function. A failed one prints GLib's
//! CRITICAL and leaves the function.

/// `require!("g_foo", !bar.is_null(), "bar != NULL")`, with the result to return as a last argument
/// where the function has one. The texts are those GLib prints.
macro_rules! require {
    ($function:literal, $holds:expr, $text:expr $(, $result:expr)?) => {
        if !$holds {
            $crate::messages::failed_check(
                concat!($function, "\0"),
                concat!($text, "\0"),
            );
            return $($result)?;
        }
    };
}

/// A NUL-terminated string constant as C wants it.
macro_rules! cstr {
    ($text:expr) => {
        concat!($text, "\0").as_ptr().cast::<libc::c_char>()
    };
}
