//! Every figure against numpy, scipy and pandas, and against published worked examples.

mod edges;
mod examples;
mod oracle;
