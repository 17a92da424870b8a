//! Memory that nobody uses and the allocator keeps.

/// Gives it back to the system. Takes a millisecond for ten megabytes, so it is for moments at which
/// much was let go of: glibc itself gives back only what lies at the end.
#[cfg(target_env = "gnu")]
pub(crate) fn give_back_memory() {
    unsafe extern "C" {
        fn malloc_trim(pad: usize) -> std::ffi::c_int;
    }
    // SAFETY: malloc_trim(3) may be called by any thread at any time; it takes the locks of the
    // allocator and touches no memory that is in use.
    unsafe {
        malloc_trim(0);
    }
}

/// Other C libraries have no such call.
#[cfg(not(target_env = "gnu"))]
pub(crate) fn give_back_memory() {}
