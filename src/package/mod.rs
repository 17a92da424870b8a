//! YAML to a typed model in which every field keeps its span.
