//! `package.json`.

use crate::package::model::Named;
use crate::source::Spanned;

/// The manifest of a package.
#[derive(Debug, Clone)]
#[expect(
    dead_code,
    reason = "the whole contract is read and its types checked; who wrote a package changes no run"
)]
pub(crate) struct Manifest {
    pub(crate) name: Spanned<String>,
    pub(crate) version: Spanned<String>,
    pub(crate) author: Spanned<String>,
    pub(crate) description: Spanned<String>,
    pub(crate) author_email: Option<Spanned<String>>,
    pub(crate) lifecycle_status: Option<Spanned<Lifecycle>>,
    pub(crate) supported_product_ids: Vec<Spanned<String>>,
    /// ISO 8601, as written.
    pub(crate) published_date: Option<Spanned<String>>,
    pub(crate) requirements: Requirements,
    /// Keys that maestro does not know; kept, never an error.
    pub(crate) other: Vec<Named<serde_json::Value>>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Requirements {
    pub(crate) pip_packages: Vec<Spanned<String>>,
    pub(crate) min_python_version: Option<Spanned<String>>,
    pub(crate) min_dotnet_version: Option<Spanned<String>>,
    /// `false` turns the conversion of annotated Python parameters off; absent means on.
    pub(crate) typed_parameters: Option<Spanned<bool>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lifecycle {
    NotReleased,
    Evaluation,
    Released,
    Obsolete,
}

impl Lifecycle {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::NotReleased => "NotReleased",
            Self::Evaluation => "Evaluation",
            Self::Released => "Released",
            Self::Obsolete => "Obsolete",
        }
    }
}
