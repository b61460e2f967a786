//! The instrumented library finds libFuzzer's counters in the program that opens it, which therefore
//! has to export them.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-link-arg-bins=-rdynamic");
}
