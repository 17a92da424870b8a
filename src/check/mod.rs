//! Rules that find mistakes in a package; facts of the world are handed in, nothing is opened here.

mod checked;

pub(crate) use checked::CheckedPackage;
