-- Version 1. Names are a contract: dashboards query them.
-- Times are RFC 3339 in UTC with microseconds, so that they sort as text; JSON is text; flags are
-- 0 and 1; ids are UUIDs in their hyphenated form.

CREATE TABLE schema_version (
  version INTEGER NOT NULL,
  min_reader INTEGER NOT NULL
) STRICT;

CREATE TABLE test_executions (
  id TEXT NOT NULL PRIMARY KEY,
  test_name TEXT NOT NULL,
  test_version TEXT NOT NULL,
  device TEXT,
  package_name TEXT,
  package_version TEXT,
  package_commit TEXT,
  package_dirty INTEGER,
  lifecycle_status TEXT,
  definition_digest TEXT NOT NULL,
  definition_path TEXT NOT NULL,
  serial_number TEXT,
  operator_id TEXT,
  operator_source TEXT NOT NULL,
  station_id TEXT NOT NULL,
  slot INTEGER NOT NULL,
  host TEXT NOT NULL,
  fixture_id TEXT,
  mode TEXT NOT NULL,
  overrides TEXT NOT NULL,
  forced INTEGER NOT NULL,
  unattended INTEGER NOT NULL,
  status TEXT NOT NULL,
  verdict TEXT,
  abort_cause TEXT,
  abort_reason TEXT,
  aborted_by TEXT,
  cleanup TEXT,
  started_at TEXT NOT NULL,
  ended_at TEXT,
  duration_ms REAL,
  held_ms INTEGER,
  last_seen_at TEXT NOT NULL,
  clock_suspect INTEGER NOT NULL,
  damaged INTEGER NOT NULL,
  config_snapshot TEXT NOT NULL,
  tags TEXT NOT NULL,
  error TEXT,
  engine_version TEXT NOT NULL,
  steps_planned INTEGER NOT NULL,
  step_counts TEXT,
  pid INTEGER NOT NULL
) STRICT;
CREATE INDEX test_executions_started ON test_executions (started_at);
CREATE INDEX test_executions_serial ON test_executions (serial_number, started_at);
CREATE INDEX test_executions_test ON test_executions (test_name, started_at);
-- Yields read every run, unit by unit: all that they need of it.
CREATE INDEX test_executions_yield ON test_executions (test_name, serial_number, started_at, verdict, mode, unattended, station_id, operator_id, id);
-- What figures of a measurement need of its run.
CREATE INDEX test_executions_counts ON test_executions (id, verdict, mode, unattended, test_name, station_id, operator_id, started_at);

CREATE TABLE step_results (
  id TEXT NOT NULL PRIMARY KEY,
  execution_id TEXT NOT NULL,
  sequence_no INTEGER NOT NULL,
  parent_id TEXT,
  parent_no INTEGER,
  position INTEGER,
  path TEXT NOT NULL,
  section TEXT NOT NULL,
  name TEXT NOT NULL,
  name_declared TEXT,
  kind TEXT NOT NULL,
  runner TEXT,
  target TEXT,
  parameters TEXT,
  iteration INTEGER,
  execution_no INTEGER NOT NULL,
  attempts INTEGER,
  verdict TEXT,
  verdict_forced INTEGER,
  true_verdict TEXT,
  reason TEXT,
  skip_reason TEXT,
  started_at TEXT NOT NULL,
  ended_at TEXT,
  duration_ms REAL,
  prompt_ms INTEGER,
  held_ms INTEGER,
  timeout_ms INTEGER,
  error TEXT,
  outputs TEXT,
  published TEXT,
  unattended INTEGER,
  superseded INTEGER
) STRICT;
CREATE INDEX step_results_execution ON step_results (execution_id, sequence_no);
-- What fails most is asked of all steps that there are.
CREATE INDEX step_results_failing ON step_results (execution_id, name, path, verdict, kind, section, superseded)
  WHERE verdict <> 'PASS' AND verdict <> 'SKIPPED';

CREATE TABLE measurements (
  step_result_id TEXT NOT NULL,
  execution_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  measurement_name TEXT NOT NULL,
  kind TEXT NOT NULL,
  origin TEXT NOT NULL,
  actual_value REAL,
  actual_text TEXT,
  raw_value TEXT,
  raw_unit TEXT,
  low_limit REAL,
  high_limit REAL,
  target REAL,
  tolerance REAL,
  low_limit_declared TEXT,
  high_limit_declared TEXT,
  target_declared TEXT,
  tolerance_declared TEXT,
  expected TEXT,
  expected_declared TEXT,
  limits_source TEXT,
  operator TEXT,
  unit TEXT,
  verdict TEXT NOT NULL,
  reason TEXT,
  flags TEXT,
  timestamp TEXT NOT NULL,
  station_id TEXT NOT NULL,
  serial_number TEXT,
  iteration INTEGER
) STRICT;
CREATE INDEX measurements_name ON measurements (measurement_name, timestamp, actual_value, verdict);
CREATE INDEX measurements_serial ON measurements (serial_number);
CREATE INDEX measurements_station ON measurements (station_id, timestamp);
CREATE INDEX measurements_failing ON measurements (timestamp) WHERE verdict <> 'PASS';
CREATE INDEX measurements_execution ON measurements (execution_id);

CREATE TABLE step_attempts (
  id TEXT NOT NULL PRIMARY KEY,
  execution_id TEXT NOT NULL,
  step_result_id TEXT NOT NULL,
  sequence_no INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  reason TEXT,
  error TEXT,
  started_at TEXT NOT NULL,
  duration_ms REAL NOT NULL,
  outputs TEXT
) STRICT;
CREATE INDEX step_attempts_execution ON step_attempts (execution_id);

CREATE TABLE measurement_attempts (
  step_result_id TEXT NOT NULL,
  execution_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  position INTEGER NOT NULL,
  measurement_name TEXT NOT NULL,
  kind TEXT NOT NULL,
  origin TEXT NOT NULL,
  actual_value REAL,
  actual_text TEXT,
  raw_value TEXT,
  raw_unit TEXT,
  low_limit REAL,
  high_limit REAL,
  target REAL,
  tolerance REAL,
  low_limit_declared TEXT,
  high_limit_declared TEXT,
  target_declared TEXT,
  tolerance_declared TEXT,
  expected TEXT,
  expected_declared TEXT,
  limits_source TEXT,
  operator TEXT,
  unit TEXT,
  verdict TEXT NOT NULL,
  reason TEXT,
  flags TEXT,
  timestamp TEXT NOT NULL,
  station_id TEXT NOT NULL,
  serial_number TEXT,
  iteration INTEGER
) STRICT;
CREATE INDEX measurement_attempts_execution ON measurement_attempts (execution_id);

CREATE TABLE prompt_answers (
  id TEXT NOT NULL PRIMARY KEY,
  execution_id TEXT NOT NULL,
  step_result_id TEXT NOT NULL,
  sequence_no INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  prompt_id TEXT NOT NULL,
  title TEXT,
  message TEXT NOT NULL,
  image TEXT,
  image_digest TEXT,
  prompt TEXT NOT NULL,
  opened_at TEXT NOT NULL,
  ended_at TEXT,
  button TEXT,
  action TEXT,
  raw_value TEXT,
  value TEXT,
  answered_by TEXT,
  front_end TEXT,
  unattended INTEGER,
  timed_out INTEGER,
  answer TEXT,
  withdrawn TEXT
) STRICT;
CREATE INDEX prompt_answers_execution ON prompt_answers (execution_id, seq);

-- The texts of definitions, once each; parts are gathered until a text is whole.
CREATE TABLE definitions (
  digest TEXT NOT NULL PRIMARY KEY,
  path TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE TABLE definition_parts (
  digest TEXT NOT NULL,
  part INTEGER NOT NULL,
  parts INTEGER NOT NULL,
  path TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (digest, part)
) STRICT;
CREATE TABLE execution_definitions (
  execution_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  digest TEXT NOT NULL,
  path TEXT NOT NULL,
  package TEXT,
  PRIMARY KEY (execution_id, seq)
) STRICT;

CREATE TABLE execution_packages (
  execution_id TEXT NOT NULL,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  lifecycle_status TEXT,
  commit_id TEXT,
  digest TEXT NOT NULL,
  PRIMARY KEY (execution_id, position)
) STRICT;

CREATE TABLE execution_runners (
  id TEXT NOT NULL PRIMARY KEY,
  execution_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  runner TEXT NOT NULL,
  generation INTEGER NOT NULL,
  pid INTEGER NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  runtime TEXT NOT NULL,
  start_ms INTEGER NOT NULL,
  started_at TEXT NOT NULL,
  stopped_at TEXT,
  stop_reason TEXT
) STRICT;
CREATE INDEX execution_runners_execution ON execution_runners (execution_id, seq);

CREATE TABLE execution_instruments (
  id TEXT NOT NULL PRIMARY KEY,
  execution_id TEXT NOT NULL,
  name TEXT NOT NULL,
  resource TEXT NOT NULL,
  identity TEXT,
  opened_at TEXT NOT NULL
) STRICT;
CREATE INDEX execution_instruments_execution ON execution_instruments (execution_id);

-- Facts that were found during a run, the beginning of an abort, suspensions, holds and what ended
-- them.
CREATE TABLE execution_facts (
  execution_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT,
  found_at TEXT NOT NULL,
  PRIMARY KEY (execution_id, seq)
) STRICT;

CREATE TABLE execution_logs (
  execution_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  step_result_id TEXT,
  sequence_no INTEGER,
  level TEXT NOT NULL,
  source TEXT NOT NULL,
  message TEXT NOT NULL,
  logged_at TEXT NOT NULL,
  PRIMARY KEY (execution_id, seq)
) STRICT;

CREATE TABLE artifacts (
  id TEXT NOT NULL PRIMARY KEY,
  execution_id TEXT NOT NULL,
  step_result_id TEXT NOT NULL,
  sequence_no INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  media_type TEXT NOT NULL,
  digest TEXT NOT NULL,
  size INTEGER NOT NULL
) STRICT;
CREATE INDEX artifacts_execution ON artifacts (execution_id, seq);

-- Results are never updated: a later judgement stands beside them.
CREATE TABLE annotations (
  id TEXT NOT NULL PRIMARY KEY,
  execution_id TEXT NOT NULL,
  step_result_id TEXT,
  kind TEXT NOT NULL,
  disposition TEXT,
  reason TEXT NOT NULL,
  annotated_by TEXT NOT NULL,
  station_id TEXT,
  annotated_at TEXT NOT NULL
) STRICT;
CREATE INDEX annotations_execution ON annotations (execution_id);
-- Annotations that the shared store lacks yet, whole: they outlive what is pruned here.
CREATE TABLE annotation_outbox (
  id TEXT NOT NULL PRIMARY KEY,
  execution_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  disposition TEXT,
  reason TEXT NOT NULL,
  annotated_by TEXT NOT NULL,
  station_id TEXT,
  annotated_at TEXT NOT NULL
) STRICT;

-- Runs that were declared void and not declared valid again after that: they count in no statistics.
CREATE VIEW voided_executions AS
SELECT DISTINCT v.execution_id FROM annotations v
WHERE v.kind = 'void' AND NOT EXISTS (
  SELECT 1 FROM annotations w
  WHERE w.execution_id = v.execution_id AND w.kind = 'valid'
    AND (w.annotated_at, w.id) > (v.annotated_at, v.id)
);

-- Values of `cfg.*`. `scope` is `global` (then `station_id` is empty) or `station`. The text of a
-- secret stands nowhere in this file: `secret_id` names it in the station's file of secrets.
CREATE TABLE station_config (
  scope TEXT NOT NULL,
  station_id TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT,
  category TEXT,
  description TEXT,
  display_mode TEXT NOT NULL,
  secret_id TEXT,
  updated_by TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  PRIMARY KEY (scope, station_id, key)
) STRICT;
-- Append only.
CREATE TABLE station_config_history (
  id TEXT NOT NULL PRIMARY KEY,
  scope TEXT NOT NULL,
  station_id TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT,
  category TEXT,
  description TEXT,
  display_mode TEXT NOT NULL,
  change TEXT NOT NULL,
  updated_by TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
-- What a shared database said last, for runs that start while it is away.
CREATE TABLE station_config_copies (
  source TEXT NOT NULL,
  station_id TEXT NOT NULL,
  entries TEXT,
  taken_at TEXT,
  failed_at TEXT,
  PRIMARY KEY (source, station_id)
) STRICT;

-- The last known global variables, for runs that start while Redis is away; time in microseconds.
CREATE TABLE global_variables (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL,
  seen_at INTEGER NOT NULL
) STRICT;

CREATE TABLE audit_log (
  id TEXT NOT NULL PRIMARY KEY,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  station_id TEXT,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT
) STRICT;

CREATE TABLE packages (
  digest TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  lifecycle_status TEXT,
  source TEXT,
  commit_id TEXT,
  path TEXT NOT NULL,
  is_active INTEGER NOT NULL,
  installed_by TEXT NOT NULL,
  installed_at TEXT NOT NULL
) STRICT;
CREATE INDEX packages_name ON packages (name, version);

CREATE TABLE mes_result_queue (
  execution_id TEXT NOT NULL PRIMARY KEY,
  payload TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  last_error TEXT,
  queued_at TEXT NOT NULL,
  next_attempt_at TEXT,
  sent_at TEXT
) STRICT;

CREATE TABLE delivery_cursor (
  run_id TEXT NOT NULL PRIMARY KEY,
  last_seq INTEGER NOT NULL
) STRICT;
CREATE TABLE delivery_rejects (
  run_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  event TEXT NOT NULL,
  reason TEXT NOT NULL,
  rejected_at TEXT NOT NULL,
  PRIMARY KEY (run_id, seq)
) STRICT;
