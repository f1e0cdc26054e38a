//! Memory that is counted to the byte, what the codecs in C take included.
//!
//! The functions of the C library that give and take memory are replaced for this binary by some that count and hand on to the
//! library's own. Rust's allocator calls them, too. So the count is exact and the same each time, which the resident size of a
//! process is not: that one depends on what was freed before, and on the size of pages.

#![allow(unsafe_code)]

use std::ffi::{c_int, c_void};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// The most bytes that were held at a time while `work` ran, beside those that were held before. All threads count.
pub fn peak<T>(work: impl FnOnce() -> T) -> (u64, T) {
    let before = LIVE.load(Relaxed);
    PEAK.store(before, Relaxed);
    let made = work();
    (PEAK.load(Relaxed).saturating_sub(before) as u64, made)
}

/// What the C library calls its own functions.
mod library {
    use std::ffi::c_void;

    // SAFETY contract of all: that of the functions of the C standard without the prefix; glibc exports them under both names.
    unsafe extern "C" {
        pub fn __libc_malloc(size: usize) -> *mut c_void;
        pub fn __libc_calloc(count: usize, size: usize) -> *mut c_void;
        pub fn __libc_realloc(block: *mut c_void, size: usize) -> *mut c_void;
        pub fn __libc_memalign(alignment: usize, size: usize) -> *mut c_void;
        pub fn __libc_free(block: *mut c_void);
        pub fn malloc_usable_size(block: *mut c_void) -> usize;
    }
}

/// SAFETY contract: `block` is null or a live block of the library.
unsafe fn added(block: *mut c_void) -> *mut c_void {
    // SAFETY: see the contract; the function takes null.
    let size = unsafe { library::malloc_usable_size(block) };
    let live = LIVE.fetch_add(size, Relaxed) + size;
    PEAK.fetch_max(live, Relaxed);
    block
}

/// SAFETY contract: that of C's `malloc`.
#[unsafe(no_mangle)]
unsafe extern "C" fn malloc(size: usize) -> *mut c_void {
    // SAFETY: handed on as it came; what comes back is null or live.
    unsafe { added(library::__libc_malloc(size)) }
}

/// SAFETY contract: that of C's `calloc`.
#[unsafe(no_mangle)]
unsafe extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
    // SAFETY: handed on as it came; what comes back is null or live.
    unsafe { added(library::__libc_calloc(count, size)) }
}

/// Both blocks count while one is copied to the other, as they do with an allocator that can't move pages.
///
/// SAFETY contract: that of C's `realloc`.
#[unsafe(no_mangle)]
unsafe extern "C" fn realloc(block: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: `block` is null or live before the call, by the contract.
    let before = unsafe { library::malloc_usable_size(block) };
    // SAFETY: handed on as it came; what comes back is null or live.
    let moved = unsafe { added(library::__libc_realloc(block, size)) };
    if !moved.is_null() || size == 0 {
        LIVE.fetch_sub(before, Relaxed);
    }
    moved
}

/// SAFETY contract: that of C's `free`.
#[unsafe(no_mangle)]
unsafe extern "C" fn free(block: *mut c_void) {
    // SAFETY: `block` is null or live, by the contract, and not used again.
    unsafe {
        LIVE.fetch_sub(library::malloc_usable_size(block), Relaxed);
        library::__libc_free(block);
    }
}

/// SAFETY contract: that of C's `aligned_alloc`.
#[unsafe(no_mangle)]
unsafe extern "C" fn aligned_alloc(alignment: usize, size: usize) -> *mut c_void {
    // SAFETY: handed on as it came; what comes back is null or live.
    unsafe { added(library::__libc_memalign(alignment, size)) }
}

/// SAFETY contract: that of POSIX's `posix_memalign`.
#[unsafe(no_mangle)]
unsafe extern "C" fn posix_memalign(to: *mut *mut c_void, alignment: usize, size: usize) -> c_int {
    // SAFETY: what comes back is null or live; `to` may be written, by the contract.
    unsafe {
        let block = added(library::__libc_memalign(alignment, size));
        if block.is_null() {
            return 12;
        }
        *to = block;
    }
    0
}
