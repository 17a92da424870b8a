//! Variables, templates and preconditions: parse and evaluate.
