//! The stable names of findings and what each means.

/// Makes the enum, its list and the tables from one place.
macro_rules! codes {
    ($($variant:ident $name:literal: $explanation:literal;)+) => {
        /// What kind of mistake a finding reports; names are kebab-case and never change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Code { $($variant,)+ }

        impl Code {
            /// Every code, in the order of the list.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name in outputs, filters and markers.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What `--explain` prints: the meaning, the reason and the way out.
            pub(crate) const fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $explanation,)+ }
            }
        }
    };
}

codes! {
    FileUnreadable "file-unreadable":
        "The file cannot be read: it does not exist, may not be opened, or is no regular file \
         (a folder, a pipe, a device).\n\nCheck the path and its permissions.";
    FileTooLarge "file-too-large":
        "The file is larger than maestro reads (4 MB for definitions and manifests).\n\n\
         Split the test into sub-sequences, and keep reference data in `data/`.";
    FileNotUtf8 "file-not-utf8":
        "The file holds bytes that are not UTF-8.\n\nSave it as UTF-8. A `µ` or `°` typed on \
         Windows is a frequent cause.";
    NotATest "not-a-test":
        "The file has no root key `test`, so it is no test definition.\n\nPut everything under \
         `test:`. Folders may hold other YAML files: they are passed over unless named.";
    YamlSyntax "yaml-syntax":
        "The text is no YAML, and the rest of the file cannot be read before this is mended.\n\n\
         Frequent causes: a tab in the indentation, a missing space after `:`, an unclosed \
         quote or bracket, a template `{{x}}` without quotes around it.";
    YamlTooDeep "yaml-too-deep":
        "Lists and mappings are nested deeper than 100 levels.\n\nNo test needs that; the file is \
         refused so that reading it stays cheap.";
    YamlTooManyNodes "yaml-too-many-nodes":
        "The document has more than 500,000 values once its aliases are written out.\n\n\
         A few lines of aliases of aliases can stand for billions of values, hence the limit.";
    YamlAlias "yaml-alias":
        "An alias `*name` names no anchor that stands before it, or an anchor that contains the \
         alias itself.\n\nDefine `&name` earlier in the same file.";
    YamlSeveralDocuments "yaml-several-documents":
        "The file holds a second document after `---`.\n\nA definition is one document: move the \
         second one to a file of its own.";
    YamlKey "yaml-key":
        "A key is a list or a mapping.\n\nKeys are texts. An unquoted template is a frequent \
         cause: `{{x}}` without quotes is a mapping in YAML, so write `\"{{x}}\"`.";
    YamlTag "yaml-tag":
        "A YAML tag such as `!secret` has no meaning here and is passed over.\n\nRemove it. \
         Secrets belong into the station configuration and are read as `{{cfg.KEY}}`.";
    YamlMerge "yaml-merge":
        "The merge key `<<` needs a mapping, or a list of mappings.\n\nWrite `<<: *anchor` with an \
         anchor that stands on a mapping.";
    DuplicateKey "duplicate-key":
        "One key stands twice in a mapping, and only the first is used.\n\nRemove one. To \
         override a merged key, write it beside `<<`: that is no duplicate.";
    UnknownKey "unknown-key":
        "The format has no such key at this place.\n\nKeys are snake_case. For packages with \
         fields that maestro does not know, set `unknown_keys: warn` in `station.yaml`.";
    WrongType "wrong-type":
        "The value has another form than the field needs, such as a list where a text belongs.";
    MissingField "missing-field":
        "A required field is missing or empty.\n\nEvery test needs `name`, `version` and at least \
         one step; every step needs `name` and either `type` or `runner`; further fields depend on \
         these.";
    UnknownStepType "unknown-step-type":
        "`type` is none of `delay`, `mock`, `prompt`, `manual`, `sequence`.\n\nSteps that call \
         code have `runner: python` (or another runner) instead of `type`.";
    UnknownValue "unknown-value":
        "The field takes one of a few words, and this is none of them.";
    BooleanSpelling "boolean-spelling":
        "The value is read as a boolean although YAML 1.2 does not: `yes`, `no`, `on`, `off` and \
         quoted booleans come from older tools.\n\nWrite `true` or `false`.";
    NumberFormat "number-format":
        "The field needs a number and the text is none. Leading zeros and decimal commas are \
         refused: `010` could mean 8 or 10, and `3,3` is no number.\n\nWrite `10` and `3.3`.";
    NumberRange "number-range":
        "The number is outside of what the field can hold, such as a negative time.";
    VersionFormat "version-format":
        "The version does not begin with `MAJOR.MINOR.PATCH`.\n\nIt is stored as written, but \
         results cannot be ordered by it. Quote it, so that `1.10` does not become `1.1` in other \
         tools: `version: \"1.10.0\"`.";
    FieldConflict "field-conflict":
        "Two fields exclude each other, such as `type` and `runner`, or `write` and `query`.";
    FieldNotUsed "field-not-used":
        "The field has no meaning for this kind of step and is passed over.";
    MeasurementsTwice "measurements-twice":
        "A step has both `measurement` and `measurements`; the latter wins and the former is never \
         judged.\n\nMove the point into `measurements`.";
    DuplicateStepName "duplicate-step-name":
        "Two steps of one list have the same name, so that their records can be confused.";
    DuplicateMeasurement "duplicate-measurement":
        "Two measurements of one step have the same name, so that both get the same value.";
    MissingTimeout "missing-timeout":
        "A runner step has no `timeout_ms`. An instrument that stops answering would block the \
         test for ever.\n\nDeclare `timeout_ms`, or set `default_timeout_ms` in `station.yaml`.";
    TimeoutZero "timeout-zero":
        "A timeout of 0 is read as no timeout.\n\nLeave the field out, or give a time.";
    ManifestSyntax "manifest-syntax":
        "`package.json` is no JSON object.\n\nFrequent causes: a comma after the last entry, a \
         comment, single quotes.";
    ManifestUnknownKey "manifest-unknown-key":
        "`package.json` holds a key that maestro does not know. It is kept and has no effect.";
    ManifestValue "manifest-value":
        "A field of `package.json` does not have its form: `name` is letters, digits, `_` and `-` \
         (64 at most), `version` begins with `MAJOR.MINOR.PATCH`, `publishedDate` is an ISO 8601 \
         date.";
    IncludeMissing "include-missing":
        "The file that `sequence:` names does not exist.\n\nThe path is relative to the package \
         root. For a file of another package it begins with that package's name.";
    IncludeOutside "include-outside":
        "The path leads out of its package.\n\nWrite it relative to the package root, without \
         `..` and not absolute; files of another package begin with that package's name.";
    IncludeCycle "include-cycle":
        "A sequence includes itself, directly or through others, and would never end.\n\nUse \
         `repeat` for loops.";
    PlanTooLarge "plan-too-large":
        "With its sub-sequences, each as often as it is called, the test has more than 100,000 \
         steps, more than 100 levels of sub-sequences, or more than 256 MB of text.\n\nUse \
         `repeat` for loops: files that call each other twice double with every level.";
    PackageTwice "package-twice":
        "Two packages beside each other have the same name, so that it is open which one is \
         meant.\n\nRename or remove one of them.";
    TemplateSyntax "template-syntax":
        "The text between `{{` and `}}` is neither a variable nor an expression.";
    ExpressionSyntax "expression-syntax":
        "`precondition` and `repeat.condition` are expressions such as `voltage > 3.0 && \
         !skip_load`, and this one cannot be read.";
    TemplateInExpression "template-in-expression":
        "`precondition`, `repeat.condition` and `enabled` are no templates. The first two are \
         expressions already.\n\nWrite the variable without braces: `voltage > 3`.";
    TemplateNotRendered "template-not-rendered":
        "Templates are not rendered in this field; the braces stay as they are.";
    UndeclaredVariable "undeclared-variable":
        "Nothing can produce this variable: it is not in `variables`, no earlier step has it in \
         `outputs`, `parameters` of a sequence or `input.variable`, and no earlier step calls code \
         that could return it.\n\nDeclare it in `variables`, or correct the name.";
    VariableNotCertain "variable-not-certain":
        "The variable is declared nowhere; it exists only if an earlier step returns a key of that \
         name, or if the calling test sets it.\n\nDeclare it in `variables` to be certain.";
    ReservedName "reserved-name":
        "`cfg`, `exec`, `mes`, `global` and `test` are namespaces. A value under such a name is \
         kept with the step and never becomes a variable.\n\nUse another name.";
    CfgKeyUnknown "cfg-key-unknown":
        "The station configuration has no such key, so the template fails at this station.";
    LimitReversed "limit-reversed":
        "The lower limit is above the upper one, so no value can pass.\n\nSwap `low_limit` and \
         `high_limit`.";
    LimitEqual "limit-equal":
        "Both limits are the same, so only that exact value passes.\n\nIf that is meant, write \
         `operator: equal` with `target`.";
    LimitNotANumber "limit-not-a-number":
        "A limit, target or tolerance is no number. The measurement would be UNDETERMINED.";
    LimitOperandMissing "limit-operand-missing":
        "The operator has nothing to compare with. `equal` and `notequal` need `target`, \
         `greaterthan…` needs `low_limit`, `lessthan…` needs `high_limit`, `matches` and `contains` \
         need `expected`, `tolerance` needs `target`.";
    LimitNotUsed "limit-not-used":
        "The operator or type does not look at this field, so it has no effect on the verdict.";
    ToleranceConflict "tolerance-conflict":
        "`tolerance` and limits stand together, and it is open which of them counts.\n\nKeep one.";
    OperatorNotForType "operator-not-for-type":
        "The operator cannot compare values of this type: `matches` and `contains` are for `type: \
         string`.";
    ValueNotOfType "value-not-of-type":
        "The literal `value` or `expected` cannot be read as the type of the measurement, which \
         would be UNDETERMINED.";
    ValueMissing "value-missing":
        "A mock or delay step returns nothing, and the measurement has no `value`, so it is always \
         UNDETERMINED.";
    PatternInvalid "pattern-invalid":
        "The regular expression cannot be read, or that of `parse` has no named group and so gives \
         no output.";
    MissingUnit "missing-unit":
        "A numeric measurement with limits has no `unit`. Charts and reports cannot label it, and \
         a runner that returns mV instead of V is not noticed.";
    ButtonUnknown "button-unknown":
        "`default_button` or `on_timeout` names no button of this prompt.";
    ButtonTwice "button-twice":
        "Two buttons of a prompt have the same name, so that the answer does not say which.";
    PromptOptions "prompt-options":
        "`mode: list` needs `options`, and only it uses them.";
    PromptDefault "prompt-default":
        "`default` or `expected` could never be a right answer: it is none of the options, or \
         outside of the limits, or does not match `pattern`.";
    ImageMissing "image-missing":
        "The picture of a prompt does not exist.\n\nThe path is relative to the package root, as in \
         `images/connector.png`.";
    ControlContradiction "control-contradiction":
        "Control fields of a step contradict each other, or one of them can have no effect.";
    MockInReleased "mock-in-released":
        "A `Released` package has a `mock` step, which measures nothing.";
    ForceInReleased "force-in-released":
        "A `Released` package forces the verdict of a step.";
    CleanupWithoutRunner "cleanup-without-runner":
        "The test drives hardware, but no step of its teardown does, so nothing is switched off.\n\n\
         Call the runner that opened the supply or relay in `teardown`.";
    PythonModuleMissing "python-module-missing":
        "The Python module is neither in `python_modules/` of this package nor in another package \
         that takes part, and no requirement could bring it.";
    PythonModuleTwice "python-module-twice":
        "Two packages that take part bring a different module of the same name; Python can load \
         only one of them.\n\nRename one.";
    PythonFunctionMissing "python-function-missing":
        "The Python module has no such function.\n\nThe module is read, not imported: a function \
         that is made at run time is not seen, and a star import turns the check off.";
    PythonParameter "python-parameter":
        "The parameters of the step do not fit the Python function: one that it does not know, or \
         one without default that is not given.";
    AssemblyMissing "assembly-missing":
        "The .NET assembly is not in `assemblies/` of the package.";
    ResourceInvalid "resource-invalid":
        "The `resource` of a scpi step is no VISA resource string, or has an option that there is \
         not.\n\nWrite `TCPIP::host::port::SOCKET`, `ASRL/dev/ttyUSB0::INSTR?baud=9600`, or what \
         your VISA library shows, such as `USB0::0x0957::0x1796::MY123::INSTR`.";
    ProgramMissing "program-missing":
        "The program of a command step has a folder in its name, and the package has no such \
         file.\n\nThe path is relative to the package root, as in `tools/flash.sh`. A name \
         without `/` is looked for in the package root and then on `PATH`.";
    RunnerUnknown "runner-unknown":
        "The station has no runner of that name.\n\nName it under `runners` in `station.yaml`, or \
         correct the name.";
    StationValue "station-value":
        "A setting of the station does not have its form.\n\nSettings come from `station.yaml`, \
         from `MAESTRO_…` variables and from flags, the later ones winning.";
    StationIdDefault "station-id-default":
        "No `station_id` is set, so the name of the computer is used. Results are kept under that \
         name, and a new computer would be a new station.";
}

impl Code {
    /// Finds a code by its name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|code| code.as_str() == name)
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kebab_case_unique_and_read_back() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        for (code, name) in Code::ALL.iter().zip(&names) {
            let letters = name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            assert!(letters, "{name}");
            assert_eq!(Code::parse(name), Some(*code));
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
    }

    #[test]
    fn every_code_is_explained_in_sentences() {
        for code in Code::ALL {
            assert!(code.explanation().ends_with('.'), "{code}");
        }
    }
}
