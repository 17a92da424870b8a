//! The rules, one subject per file.
//!
//! A rule is a function from a view to findings. It must not depend on another rule: where both
//! see the same mistake, only one of them tells it.

mod assembly_missing;
mod button;
mod cleanup_without_runner;
mod control_contradiction;
mod duplicate_measurement;
mod duplicate_step_name;
mod forced;
mod image_missing;
mod limit;
mod limit_use;
mod literal;
pub(super) mod manifest_value;
mod missing_timeout;
mod missing_unit;
mod mock_in_released;
mod pattern_invalid;
pub(super) mod plan_too_large;
mod program_missing;
mod prompt_default;
mod prompt_options;
mod python;
pub(super) mod python_module_twice;
mod reserved_name;
mod resource_invalid;
mod runner_unknown;
mod syntax;
mod template_not_rendered;
mod tolerance;
mod value_not_of_type;
pub(super) mod variables;
mod version_format;

use crate::check::view::{StepView, TestView};
use crate::diagnostic::Diagnostic;

type Findings = Vec<Diagnostic>;

/// Rules about a file as a whole.
pub(super) const TEST_RULES: &[fn(&TestView<'_>, &mut Findings)] = &[
    version_format::check,
    duplicate_step_name::check,
    cleanup_without_runner::check,
    template_not_rendered::check,
    reserved_name::check_test,
];

/// Rules about one step.
pub(super) const STEP_RULES: &[fn(&StepView<'_>, &mut Findings)] = &[
    missing_timeout::check,
    control_contradiction::check,
    mock_in_released::check,
    forced::check,
    limit::check,
    limit_use::check,
    tolerance::check,
    value_not_of_type::check,
    missing_unit::check,
    duplicate_measurement::check,
    pattern_invalid::check,
    button::check,
    prompt_options::check,
    prompt_default::check,
    image_missing::check,
    assembly_missing::check,
    program_missing::check,
    runner_unknown::check,
    resource_invalid::check,
    reserved_name::check_step,
    syntax::check,
    python::check,
];
