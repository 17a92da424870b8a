//! `image-missing`.

use super::Findings;
use crate::check::facts::below;
use crate::check::view::StepView;
use crate::diagnostic::{Code, Diagnostic};
use crate::package::model::has_template;

pub(super) fn check(view: &StepView<'_>, findings: &mut Findings) {
    let image = view.step.prompt().and_then(|prompt| prompt.image.as_ref());
    let (Some(image), Some(existing)) = (image, &view.test.facts.existing) else {
        return;
    };
    if has_template(image) || image.trim().is_empty() {
        return;
    }
    let root = view.test.package.root_of(view.test.file);
    let path = below(root, image);
    if path.as_ref().is_some_and(|path| existing.contains(path)) {
        return;
    }
    let help = match path {
        Some(_) => "the path is relative to the package root, as in `images/board.png`",
        None => "the picture must lie inside of the package",
    };
    findings.push(
        Diagnostic::error(
            Code::ImageMissing,
            format!("the picture `{}` does not exist", image.value),
        )
        .at(image.span, "no such file")
        .help(help),
    );
}
