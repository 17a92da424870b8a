//! `resource-invalid`, and a `write` whose answer something else would read.

use super::Findings;
use crate::check::view::StepView;
use crate::diagnostic::{Code, Diagnostic};
use crate::package::model::{ScpiExchange, ScpiTarget, Target, Templated, has_template};

pub(super) fn check(view: &StepView<'_>, findings: &mut Findings) {
    if let Some(Target::Scpi(target)) = view.step.runner().map(|call| &call.target) {
        resource(target, findings);
        two_answers(target, findings);
    }
}

fn resource(target: &ScpiTarget, findings: &mut Findings) {
    let resource = &target.resource;
    if has_template(resource) || resource.trim().is_empty() {
        return;
    }
    if let Err(why) = maestro_instrument::check_resource(resource) {
        findings.push(
            Diagnostic::error(Code::ResourceInvalid, why)
                .at(resource.span, "no resource")
                .help("`{{cfg.KEY}}` takes the resource from the station's config"),
        );
    }
}

fn two_answers(target: &ScpiTarget, findings: &mut Findings) {
    let ScpiExchange::Write(text) = &target.exchange else {
        return;
    };
    let flags = [("opc", &target.opc), ("check_errors", &target.check_errors)];
    let is_set = |flag: &Templated<bool>| *flag == Templated::Literal(true);
    let set = flags
        .into_iter()
        .find_map(|(name, flag)| flag.as_ref().filter(|f| is_set(f)).map(|f| (name, f.span)));
    if let Some((name, span)) = set
        && !has_template(text)
        && maestro_instrument::asks_for_answer(text)
    {
        let message = format!("`{name}` would read the answer that this `write` asks for");
        findings.push(
            Diagnostic::error(Code::FieldConflict, message)
                .at(text.span, "asks for an answer")
                .at(span, "asks another question")
                .help("write `query:`"),
        );
    }
}
