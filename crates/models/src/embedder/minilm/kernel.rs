//! The arithmetic of the model, in the widest instructions that this processor has.
//!
//! The choice is made once, when the model is opened. Whole-number products are the same bit for bit
//! on every level; numbers with a fraction may differ in the last bits between levels, never between
//! two runs on one machine.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
pub(super) mod float;
pub(super) mod integer;
mod lanes;
mod portable;

use integer::IntegerProduct;
use lanes::Lanes;

/// Work on numbers with a fraction, written once for registers of any width.
pub(super) trait Operation {
    /// Does the work.
    ///
    /// # Safety
    /// The processor must have the instructions that `L` stands for.
    #[expect(
        unsafe_code,
        reason = "the register width is a matter of the processor"
    )]
    unsafe fn run<L: Lanes>(self);
}

/// A level of instructions that this processor is known to have. There is no other way to make one
/// than to ask the processor, which is what makes the calls below sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kernel(Level);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    AvxVnni,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
}

impl Kernel {
    /// The best level of this processor.
    pub(crate) fn detect() -> Self {
        Self::available()
            .first()
            .copied()
            .unwrap_or(Self(Level::Portable))
    }

    /// Every level that this processor has, the best first; the last works everywhere.
    pub(crate) fn available() -> Vec<Self> {
        let mut levels = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if avx512::is_available() {
                levels.push(Self(Level::Avx512));
            }
            if avx2::is_available() && std::arch::is_x86_feature_detected!("avxvnni") {
                levels.push(Self(Level::AvxVnni));
            }
            if avx2::is_available() {
                levels.push(Self(Level::Avx2));
            }
        }
        levels.push(Self(Level::Portable));
        levels
    }

    /// The name of the level, for logs.
    pub(crate) fn name(self) -> &'static str {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => "avx512-vnni",
            #[cfg(target_arch = "x86_64")]
            Level::AvxVnni => "avx-vnni",
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => "avx2",
            Level::Portable => "portable",
        }
    }

    /// Does work on numbers with a fraction.
    #[expect(
        unsafe_code,
        reason = "the level was detected when this kernel was made"
    )]
    pub(super) fn run<O: Operation>(self, operation: O) {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: only `available` makes this level, after it has asked the processor.
            Level::Avx512 => unsafe { avx512::run(operation) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above; both levels are only made where AVX2 and FMA are there.
            Level::AvxVnni | Level::Avx2 => unsafe { avx2::run(operation) },
            Level::Portable => portable::run(operation),
        }
    }

    /// Multiplies rows of bytes by a matrix of bytes.
    #[expect(
        unsafe_code,
        reason = "the level was detected when this kernel was made"
    )]
    pub(super) fn multiply(self, mut product: IntegerProduct<'_>) {
        product.check();
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: only `available` makes this level; `check` has compared all lengths.
            Level::Avx512 => unsafe { avx512::multiply(&mut product) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Level::AvxVnni => unsafe { avx2::multiply_vnni(&mut product) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Level::Avx2 => unsafe { avx2::multiply(&mut product) },
            Level::Portable => portable::multiply(&mut product),
        }
    }
}

#[cfg(test)]
mod tests;
