//! What the instrumented library asks of libFuzzer, for a tool that has none: it is told, and counts nothing.

/// The functions that tell of a comparison, a jump or a table, by name.
macro_rules! told_in_vain {
    ($($name:ident ($($kind:ty),*);)*) => {
        $(
            #[no_mangle]
            extern "C" fn $name($(_: $kind),*) {}
        )*

        /// Refers to all of them, or a linker would leave them out.
        pub fn keep() {
            $(std::hint::black_box($name as *const ());)*
        }
    };
}

told_in_vain! {
    __sanitizer_cov_8bit_counters_init(usize, usize);
    __sanitizer_cov_pcs_init(usize, usize);
    __sanitizer_cov_trace_cmp1(u8, u8);
    __sanitizer_cov_trace_cmp2(u16, u16);
    __sanitizer_cov_trace_cmp4(u32, u32);
    __sanitizer_cov_trace_cmp8(u64, u64);
    __sanitizer_cov_trace_const_cmp1(u8, u8);
    __sanitizer_cov_trace_const_cmp2(u16, u16);
    __sanitizer_cov_trace_const_cmp4(u32, u32);
    __sanitizer_cov_trace_const_cmp8(u64, u64);
    __sanitizer_cov_trace_pc_indir(usize);
    __sanitizer_cov_trace_switch(u64, usize);
}
