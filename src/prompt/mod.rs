//! Questions to the operator and the check of an answer.
