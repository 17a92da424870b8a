//! Values, units, limits, measurements and their evaluation.
