//! Rules that find mistakes in a package; facts of the world are handed in, nothing is opened here.

#![allow(unused_imports, reason = "their readers are being built")]

mod checked;

pub(crate) use checked::CheckedPackage;
