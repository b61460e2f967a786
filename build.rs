//! Refuses, in one line, a target the loop cannot run on; everything else needs no build step.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let os = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    let width = std::env::var("CARGO_CFG_TARGET_POINTER_WIDTH").unwrap_or_default();
    assert!(
        os == "linux" && width == "64",
        "mainspring needs 64-bit Linux (epoll, eventfd, ppoll); this target is {os}, {width} bits"
    );
}
