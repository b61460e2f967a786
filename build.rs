//! Refuses, in one line, a target the loop cannot run on, and looks whether the C library is so old that it
//! does not tell whether the process has one thread only (`src/sys/thread.rs`).

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let os = variable("CARGO_CFG_TARGET_OS");
    let width = variable("CARGO_CFG_TARGET_POINTER_WIDTH");
    assert!(
        os == "linux" && width == "64",
        "mainspring needs 64-bit Linux (epoll, eventfd, ppoll); this target is {os}, {width} bits"
    );
    println!("cargo:rustc-check-cfg=cfg(glibc_without_single_threaded)");
    if variable("CARGO_CFG_TARGET_ENV") == "gnu" && !tells_single_threaded() {
        println!("cargo:rustc-cfg=glibc_without_single_threaded");
    }
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// Of the machine's own C library. What is built for another machine is taken to find a newer one there.
#[cfg(target_env = "gnu")]
fn tells_single_threaded() -> bool {
    extern "C" {
        fn gnu_get_libc_version() -> *const std::ffi::c_char;
    }
    // SAFETY: the function takes nothing and returns a string that is never freed.
    let version = unsafe { std::ffi::CStr::from_ptr(gnu_get_libc_version()) };
    let version = version.to_string_lossy();
    let numbers: Vec<u32> = version.split('.').map_while(|part| part.parse().ok()).collect();
    variable("HOST") != variable("TARGET") || numbers >= vec![2, 32]
}

#[cfg(not(target_env = "gnu"))]
fn tells_single_threaded() -> bool {
    true
}
