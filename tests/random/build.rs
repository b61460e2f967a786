//! Compiles the one thing that Rust has no word for: `setjmp`.

fn main() {
    println!("cargo:rerun-if-changed=src/leave.c");
    cc::Build::new().file("src/leave.c").extra_warnings(true).compile("twin_leave");
}
