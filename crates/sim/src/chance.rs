//! Chance that repeats: every draw is a function of a seed and of what is drawn for, so
//! that the world does not depend on who looks at it, or how often.

/// The increment and the finaliser of `SplitMix64` (Steele, Lea, Flood: "Fast splittable
/// pseudorandom number generators", 2014).
pub(crate) const fn scramble(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The number that belongs to exactly these parts, in this order.
pub(crate) fn draw(parts: &[u64]) -> u64 {
    parts.iter().fold(0, |state, part| scramble(state ^ *part))
}

/// A text as a part of a draw (FNV-1a).
pub(crate) fn text(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

/// A number as a share, 0 up to but not including 1.
#[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
pub(crate) fn unit(number: u64) -> f64 {
    (number >> 11) as f64 / (1_u64 << 53) as f64
}

/// A number that is about normally distributed around 0 with variance 1: the sum of four
/// uniform ones. Its tails end at 3.5, which is as mild as practice traffic should be.
pub(crate) fn bell(number: u64) -> f64 {
    let sum: u64 = (0..4).map(|part| (number >> (part * 16)) & 0xFFFF).sum();
    let uniform = f64::from(u32::try_from(sum).unwrap_or(0)) / 65_536.0;
    (uniform - 2.0) * 3.0_f64.sqrt()
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xF)]).collect()
}

/// A stream of draws, for what is made once in a fixed order.
#[derive(Debug, Clone)]
pub(crate) struct Stream(u64);

impl Stream {
    /// The stream that belongs to these parts.
    pub(crate) fn new(parts: &[u64]) -> Self {
        Self(draw(parts))
    }

    pub(crate) fn next(&mut self) -> u64 {
        let drawn = scramble(self.0);
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        drawn
    }

    /// A number from 0 up to but not including `end`; 0 when `end` is.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next().checked_rem(end).unwrap_or(0)
    }

    /// A number between both, both included.
    pub(crate) fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most.saturating_sub(least) + 1)
    }

    /// Whether something that happens once in `often` happens now.
    pub(crate) fn once_in(&mut self, often: u64) -> bool {
        self.below(often) == 0
    }

    /// A share between both.
    pub(crate) fn share(&mut self, least: f64, most: f64) -> f64 {
        least + (most - least) * unit(self.next())
    }

    /// `digits` hexadecimal digits.
    pub(crate) fn hex(&mut self, digits: usize) -> String {
        let mut text = String::with_capacity(digits + 16);
        while text.len() < digits {
            text.push_str(&hex(&self.next().to_be_bytes()));
        }
        text.truncate(digits);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_belongs_to_its_parts_and_their_order() {
        assert_eq!(draw(&[1, 2]), draw(&[1, 2]), "a draw repeats");
        assert_ne!(draw(&[1, 2]), draw(&[2, 1]), "the order is part of what is drawn for");
    }

    #[test]
    fn draws_spread_evenly_over_the_unit() {
        let mean = (0..10_000).map(|n| unit(draw(&[7, n]))).sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.02, "the mean of uniform draws is a half, not {mean}");
    }

    #[test]
    fn the_bell_has_no_lean_and_variance_one() {
        let drawn: Vec<f64> = (0..20_000).map(|n| bell(draw(&[3, n]))).collect();
        let mean = drawn.iter().sum::<f64>() / 20_000.0;
        let variance = drawn.iter().map(|x| x * x).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
    }
}
