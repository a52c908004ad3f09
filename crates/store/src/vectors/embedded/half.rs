//! Half-precision numbers (IEEE 754 binary16): how vectors are kept on disk.
//!
//! Eleven significant bits move a cosine by about 0.00002, far less than any model's noise, and
//! halve the disk and the page cache that vectors need.

/// The nearest half-precision number, ties to even; out of range becomes infinite.
pub(super) fn from_f32(value: f32) -> u16 {
    let bits = value.to_bits();
    let sign = low16((bits >> 16) & 0x8000);
    let magnitude = bits & 0x7fff_ffff;
    if magnitude > 0x7f80_0000 {
        return sign | 0x7e00;
    }
    if magnitude >= 0x4780_0000 {
        return sign | 0x7c00;
    }
    if magnitude < 0x3880_0000 {
        // Below the smallest normal half: adding 0.5 aligns the last bit of a subnormal half with
        // the last bit of the float, and the processor rounds to even.
        let aligned = f32::from_bits(magnitude) + 0.5;
        return sign | low16(aligned.to_bits() - 0x3f00_0000);
    }
    let odd = (magnitude >> 13) & 1;
    let rounded = magnitude - 0x3800_0000 + 0x0fff + odd;
    sign | low16(rounded >> 13)
}

/// The same number in single precision, exactly.
pub(super) fn to_f32(half: u16) -> f32 {
    let sign = u32::from(half & 0x8000) << 16;
    let exponent = u32::from(half >> 10) & 0x1f;
    let fraction = u32::from(half & 0x03ff);
    let magnitude = match (exponent, fraction) {
        (0, _) => (f32::from(half & 0x03ff) * f32::from_bits(0x3380_0000)).to_bits(),
        (0x1f, 0) => 0x7f80_0000,
        (0x1f, _) => 0x7fc0_0000 | (fraction << 13),
        _ => ((exponent + 112) << 23) | (fraction << 13),
    };
    f32::from_bits(sign | magnitude)
}

fn low16(bits: u32) -> u16 {
    let [low, high, ..] = bits.to_le_bytes();
    u16::from_le_bytes([low, high])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_survives_the_way_through_single_precision() {
        for half in 0..=u16::MAX {
            let single = to_f32(half);
            if single.is_nan() {
                assert!(to_f32(from_f32(single)).is_nan(), "{half:#06x}");
            } else {
                assert_eq!(from_f32(single), half, "{half:#06x} is {single}");
            }
        }
    }

    #[test]
    fn rounding_goes_to_the_nearest_and_ties_to_even() {
        let cases = [
            (1.0, 0x3c00),
            (-2.0, 0xc000),
            (1.0 + 1.0 / 2048.0, 0x3c00),
            (1.0 + 3.0 / 2048.0, 0x3c02),
            (65504.0, 0x7bff),
            (65519.9, 0x7bff),
            (65520.0, 0x7c00),
            (1.0e30, 0x7c00),
            (6.0e-8, 0x0001),
            (2.9e-8, 0x0000),
            (6.103_515_6e-5, 0x0400),
        ];
        for (single, half) in cases {
            assert_eq!(from_f32(single), half, "{single}");
        }
    }
}
