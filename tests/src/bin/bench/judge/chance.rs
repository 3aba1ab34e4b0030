//! Chance that is the same every time.

/// A small generator: Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators" (2014).
pub(super) struct Chance(u64);

impl Chance {
    /// The same three numbers give the same chance.
    pub(super) const fn new(seed: u64, cell: u64, run: u64) -> Self {
        let mut mixed = Self(seed ^ cell.wrapping_mul(0xD1B5_4A32_D192_ED03));
        mixed.next();
        mixed.0 ^= run.wrapping_mul(0x8CB9_2BA7_2F3D_8DD7);
        mixed.next();
        mixed
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Between zero and one, neither included.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub(super) const fn unit(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Below `end`.
    pub(super) const fn below(&mut self, end: u64) -> u64 {
        ((self.next() as u128 * end as u128) >> 64) as u64
    }

    /// Whether something of this probability happens.
    pub(super) fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// From the standard normal distribution (Box and Muller).
    pub(super) fn normal(&mut self) -> f64 {
        (-2.0 * self.unit().ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// How many events a Poisson stream brings where `mean` are expected.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count that is not negative"
    )]
    pub(super) fn poisson(&mut self, mean: f64) -> u64 {
        if mean <= 0.0 {
            return 0;
        }
        if mean < 12.0 {
            let floor = (-mean).exp();
            let mut product = self.unit();
            let mut count = 0;
            while product > floor {
                product *= self.unit();
                count += 1;
            }
            return count;
        }
        // Hörmann, "The transformed rejection method for generating Poisson random
        // variables" (1993), PTRS.
        let scale = 0.931 + 2.53 * mean.sqrt();
        let shift = -0.059 + 0.024_83 * scale;
        let inverse_alpha = 1.1239 + 1.1328 / (scale - 3.4);
        let near = 0.9277 - 3.6224 / (scale - 2.0);
        loop {
            let (across, up) = (self.unit() - 0.5, self.unit());
            let edge = 0.5 - across.abs();
            let count = ((2.0 * shift / edge + scale) * across + mean + 0.43).floor();
            if edge >= 0.07 && up <= near {
                return count as u64;
            }
            if count < 0.0 || (edge < 0.013 && up > edge) {
                continue;
            }
            let left = (up * inverse_alpha / (shift / (edge * edge) + scale)).ln();
            if left <= count * mean.ln() - mean - ln_factorial(count) {
                return count as u64;
            }
        }
    }

    /// The size of a clump: at least one, `mean` on average, geometric.
    pub(super) fn clump(&mut self, mean: f64) -> u64 {
        let mut size = 1;
        while !self.happens(1.0 / mean) {
            size += 1;
        }
        size
    }
}

/// Stirling's series, exact to ten digits from here on.
fn ln_factorial(k: f64) -> f64 {
    if k < 8.0 {
        let mut product = 1.0;
        let mut at = 2.0;
        while at <= k {
            product *= at;
            at += 1.0;
        }
        return product.ln();
    }
    let n = k + 1.0;
    (n - 0.5) * n.ln() - n + 0.918_938_533_204_672_8 + 1.0 / (12.0 * n) - 1.0 / (360.0 * n.powi(3))
        + 1.0 / (1260.0 * n.powi(5))
}
