//! One file per output form. Each makes text from findings and writes nothing itself.
