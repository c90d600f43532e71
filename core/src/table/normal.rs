//! Values are made normal at load, so that no later stage meets a value that is two things at once.

/// A float as the columns hold it: finite, −0.0 as 0.0. `None` for NaN and the infinities, which become null.
///
/// ```
/// assert_eq!(duotile_core::normal(-0.0).map(f64::to_bits), Some(0));
/// assert_eq!(duotile_core::normal(f64::NAN), None);
/// ```
#[must_use]
pub fn normal(value: f64) -> Option<f64> {
    // Adding zero turns −0.0 into 0.0 and leaves every other value alone.
    value.is_finite().then_some(value + 0.0)
}
