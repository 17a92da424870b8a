"""Holds documents against their JSON Schema, for `tests/it/history/documents.rs`.

Reads `{"schema": {...}, "documents": [...]}` and answers, document by document, what does not fit.
A field that the schema does not name does not fit either: nothing is printed that it does not tell.
"""

import json
import sys

import jsonschema


def strict(schema):
    """The schema without room for fields that it does not name."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: value if key == "if" else strict(value) for key, value in schema.items()}
    if isinstance(made.get("properties"), dict) and made.get("type") == "object":
        made.setdefault("additionalProperties", False)
    return made


asked = json.load(sys.stdin)
jsonschema.Draft202012Validator.check_schema(asked["schema"])
validator = jsonschema.Draft202012Validator(
    strict(asked["schema"]), format_checker=jsonschema.FormatChecker()
)
print(
    json.dumps(
        [
            [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(one)]
            for one in asked["documents"]
        ]
    )
)
