//! `package.json`, whose tree comes from the same parser as YAML since JSON is a part of YAML.

use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::package::model::{Lifecycle, Manifest, Named, Requirements};
use crate::package::read::{Fields, Reader};
use crate::package::yaml::Node;
use crate::source::{Span, Spanned};

const LIFECYCLES: [(&str, Lifecycle); 4] = [
    ("NotReleased", Lifecycle::NotReleased),
    ("Evaluation", Lifecycle::Evaluation),
    ("Released", Lifecycle::Released),
    ("Obsolete", Lifecycle::Obsolete),
];

/// Reads a manifest; unknown keys are kept and warned about.
pub(crate) fn read_manifest(reader: &mut Reader<'_>, node: &Node) -> Option<Manifest> {
    let mut fields = Fields::open(reader, node, "package.json", "`package.json`")?;
    let head = Span::new(
        node.span.source,
        node.span.start as usize,
        node.span.start as usize + 1,
    );
    let mut manifest = Manifest {
        name: required(reader, &mut fields, "name", head),
        version: required(reader, &mut fields, "version", head),
        author: required(reader, &mut fields, "author", head),
        description: required(reader, &mut fields, "description", head),
        author_email: text(reader, &mut fields, "authorEmail"),
        lifecycle_status: fields
            .take("lifecycleStatus")
            .and_then(|n| reader.word(n, "lifecycleStatus", &LIFECYCLES)),
        supported_product_ids: fields
            .take("supportedProductIds")
            .map_or_else(Vec::new, |n| reader.texts(n, "supportedProductIds")),
        published_date: text(reader, &mut fields, "publishedDate"),
        requirements: fields
            .take("requirements")
            .and_then(|n| requirements(reader, n))
            .unwrap_or_default(),
        other: Vec::new(),
    };
    manifest.other = kept(reader, &fields, KNOWN);
    Some(manifest)
}

const KNOWN: &[&str] = &[
    "name",
    "version",
    "author",
    "description",
    "authorEmail",
    "lifecycleStatus",
    "supportedProductIds",
    "publishedDate",
    "requirements",
];

const KNOWN_REQUIREMENTS: &[&str] = &[
    "pipPackages",
    "minPythonVersion",
    "minDotNetVersion",
    "typedParameters",
];

fn requirements(reader: &mut Reader<'_>, node: &Node) -> Option<Requirements> {
    let mut fields = Fields::open(reader, node, "requirements", "`requirements`")?;
    let requirements = Requirements {
        pip_packages: fields
            .take("pipPackages")
            .map_or_else(Vec::new, |n| reader.texts(n, "pipPackages")),
        min_python_version: text(reader, &mut fields, "minPythonVersion"),
        min_dotnet_version: text(reader, &mut fields, "minDotNetVersion"),
        typed_parameters: fields
            .take("typedParameters")
            .and_then(|n| reader.boolean(n, "typedParameters")),
    };
    kept(reader, &fields, KNOWN_REQUIREMENTS);
    Some(requirements)
}

/// The keys that nobody took: kept, with a warning for each.
fn kept(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    known: &[&str],
) -> Vec<Named<serde_json::Value>> {
    let mut others = Vec::new();
    for entry in fields.rest() {
        let key = &*entry.key;
        let message = format!("`{key}` is no key of `package.json`; it is kept and not used");
        reader.push(
            Diagnostic::warning(Code::ManifestUnknownKey, message)
                .at(entry.key.span, "unknown key")
                .maybe_help(did_you_mean(key, known.iter().copied())),
        );
        others.push(Named {
            name: Spanned::new(key.to_string(), entry.key.span),
            value: entry.value.to_json(),
        });
    }
    others
}

fn text(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    field: &'static str,
) -> Option<Spanned<String>> {
    reader.text(fields.take(field)?, field)
}

fn required(
    reader: &mut Reader<'_>,
    fields: &mut Fields<'_>,
    field: &'static str,
    head: Span,
) -> Spanned<String> {
    let Some(node) = fields.take(field) else {
        let help = format!("add \"{field}\" to package.json");
        reader.missing(head, format!("{field} is required"), &help);
        return Spanned::new(String::new(), head);
    };
    let text = reader.text(node, field);
    if text.as_ref().is_some_and(|text| text.trim().is_empty()) {
        reader.missing(node.span, format!("{field} is required"), "give it a text");
    }
    text.unwrap_or_else(|| Spanned::new(String::new(), node.span))
}
