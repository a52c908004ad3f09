//! Vectors of length one, which are all that is stored and compared.

use alexandria_core::error::{Error, ErrorKind, Result};

/// How far the square of a length may be from one before the vector is scaled.
const UNIT_TOLERANCE: f32 = 1.0e-4;

/// A vector of length one in the same direction.
///
/// # Errors
/// [`ErrorKind::Invalid`] when it has no direction: all zeros, or not all numbers.
pub(super) fn unit(vector: &[f32]) -> Result<Vec<f32>> {
    let squares: f32 = vector.iter().map(|number| number * number).sum();
    if !squares.is_normal() {
        return Err(Error::new(
            ErrorKind::Invalid,
            "a vector has no direction: its numbers are all zero, too large or not numbers",
        ));
    }
    if (squares - 1.0).abs() < UNIT_TOLERANCE {
        return Ok(vector.to_vec());
    }
    let share = squares.sqrt().recip();
    Ok(vector.iter().map(|number| number * share).collect())
}
