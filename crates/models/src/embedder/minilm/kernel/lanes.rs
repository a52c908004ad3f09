//! A register full of `f32`, whatever its width.

#![expect(
    unsafe_code,
    reason = "registers are loaded and stored through pointers"
)]

/// A register of [`Lanes::COUNT`] numbers.
///
/// # Safety
/// Every method needs the instructions of the implementing type; loads and stores read and write
/// `COUNT` numbers (bytes for [`Lanes::store_bytes`]) at any alignment.
pub(in super::super) trait Lanes: Copy {
    /// Numbers in a register; every row length is a multiple of it, because 32 is.
    const COUNT: usize;

    unsafe fn splat(value: f32) -> Self;
    unsafe fn load(from: *const f32) -> Self;
    unsafe fn store(self, to: *mut f32);
    unsafe fn add(self, other: Self) -> Self;
    unsafe fn subtract(self, other: Self) -> Self;
    unsafe fn multiply(self, other: Self) -> Self;
    unsafe fn divide(self, other: Self) -> Self;
    /// `self * factor + addend`, rounded once where the processor can.
    unsafe fn multiply_add(self, factor: Self, addend: Self) -> Self;
    unsafe fn least(self, other: Self) -> Self;
    unsafe fn greatest(self, other: Self) -> Self;
    /// The nearest whole number, halves to even; for numbers below 2^22.
    unsafe fn round(self) -> Self;
    /// 2 to the power of whole numbers from -126 to 127.
    unsafe fn power_of_two(self) -> Self;
    /// Rounds numbers from 0 to 255 to bytes.
    unsafe fn store_bytes(self, to: *mut u8);
    unsafe fn sum(self) -> f32;
    unsafe fn minimum(self) -> f32;
    unsafe fn maximum(self) -> f32;
}
