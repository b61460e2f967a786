//! Compiles the C shim: the functions that take variable arguments or a `long double`, which Rust
//! cannot define.

use std::path::Path;

fn main() {
    let sources =
        ["c/errors.c", "c/files.c", "c/messages.c", "c/printf.c", "c/strings.c", "c/testutils.c"];
    let headers = Path::new("../include");

    let mut build = cc::Build::new();
    build
        .include(headers)
        .include("c")
        .define("GLIB_COMPILATION", None)
        .flag("-std=gnu11")
        .flag("-fvisibility=default")
        .flag("-fexceptions")
        .warnings(true)
        .extra_warnings(true);
    for source in sources {
        println!("cargo:rerun-if-changed={source}");
        build.file(source);
    }
    println!("cargo:rerun-if-changed=c/internals.h");
    println!("cargo:rerun-if-changed={}", headers.display());
    build.compile("mainspring_base_shim");
}
