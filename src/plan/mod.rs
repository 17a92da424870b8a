//! A checked package compiled into ordered steps.
