-- Version 1. Names are a contract: dashboards query them. Every whole number is a `bigint`, so that
-- a value's own type says how it is sent.

-- `version` changes when programs of before must not write any more, `revision` with every other
-- change; `min_reader` is the oldest version whose programs may still read.
CREATE TABLE schema_version (
  version bigint NOT NULL,
  revision bigint NOT NULL,
  min_reader bigint NOT NULL
);

-- Rows are updated while a run goes on, in columns that no index holds: room for that beside them.
CREATE TABLE test_executions (
  id uuid NOT NULL PRIMARY KEY,
  test_name text NOT NULL,
  test_version text NOT NULL,
  device text,
  package_name text,
  package_version text,
  package_commit text,
  package_dirty boolean,
  lifecycle_status text,
  definition_digest text NOT NULL,
  definition_path text NOT NULL,
  serial_number text,
  operator_id text,
  operator_source text NOT NULL,
  station_id text NOT NULL,
  slot bigint NOT NULL,
  host text NOT NULL,
  fixture_id text,
  mode text NOT NULL,
  overrides jsonb NOT NULL,
  forced boolean NOT NULL,
  unattended boolean NOT NULL,
  status text NOT NULL,
  verdict text,
  abort_cause text,
  abort_reason text,
  aborted_by text,
  cleanup text,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  duration_ms double precision,
  held_ms bigint,
  last_seen_at timestamptz NOT NULL,
  clock_suspect boolean NOT NULL,
  damaged boolean NOT NULL,
  config_snapshot jsonb NOT NULL,
  tags jsonb NOT NULL,
  error text,
  engine_version text NOT NULL,
  steps_planned bigint NOT NULL,
  step_counts jsonb,
  pid bigint NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX test_executions_started ON test_executions (started_at, id);
-- Ids begin with the time, so that people name a run by the end of its id.
CREATE INDEX test_executions_id_end
  ON test_executions (reverse(replace(id::text, '-', '')) COLLATE "C");
CREATE INDEX test_executions_serial ON test_executions (serial_number, started_at);
CREATE INDEX test_executions_test ON test_executions (test_name, started_at);
-- Yields read every run, unit by unit: all that they need of it.
CREATE INDEX test_executions_yield ON test_executions (test_name, serial_number, started_at)
  INCLUDE (verdict, mode, unattended, station_id, operator_id, id);

CREATE TABLE step_results (
  id uuid NOT NULL PRIMARY KEY,
  execution_id uuid NOT NULL,
  sequence_no bigint NOT NULL,
  parent_id uuid,
  parent_no bigint,
  position bigint,
  path text NOT NULL,
  section text NOT NULL,
  name text NOT NULL,
  name_declared text,
  kind text NOT NULL,
  runner text,
  target jsonb,
  parameters jsonb,
  iteration bigint,
  execution_no bigint NOT NULL,
  attempts bigint,
  verdict text,
  verdict_forced boolean,
  true_verdict text,
  reason text,
  skip_reason text,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  duration_ms double precision,
  prompt_ms bigint,
  held_ms bigint,
  timeout_ms bigint,
  error jsonb,
  outputs jsonb,
  published jsonb,
  unattended boolean,
  superseded boolean
) WITH (fillfactor = 85);
CREATE INDEX step_results_execution ON step_results (execution_id, sequence_no);
-- What fails most is asked of all steps that there are.
CREATE INDEX step_results_failing ON step_results (execution_id) INCLUDE (name, path, verdict, kind, section, superseded)
  WHERE verdict <> 'PASS' AND verdict <> 'SKIPPED';

-- One partition a month, each made before its first row. No unique key: rows come once, since the
-- cursor moves with them.
CREATE TABLE measurements (
  step_result_id uuid NOT NULL,
  execution_id uuid NOT NULL,
  position bigint NOT NULL,
  measurement_name text NOT NULL,
  kind text NOT NULL,
  origin text NOT NULL,
  actual_value double precision,
  actual_text text,
  raw_value text,
  raw_unit text,
  low_limit double precision,
  high_limit double precision,
  target double precision,
  tolerance double precision,
  low_limit_declared text,
  high_limit_declared text,
  target_declared text,
  tolerance_declared text,
  expected text,
  expected_declared text,
  limits_source text,
  operator text,
  unit text,
  verdict text NOT NULL,
  reason text,
  flags jsonb,
  timestamp timestamptz NOT NULL,
  station_id text NOT NULL,
  serial_number text,
  iteration bigint
) PARTITION BY RANGE (timestamp);
CREATE INDEX measurements_name ON measurements (measurement_name, timestamp)
  INCLUDE (actual_value, verdict);
CREATE INDEX measurements_serial ON measurements (serial_number);
CREATE INDEX measurements_station ON measurements (station_id, timestamp);
CREATE INDEX measurements_failing ON measurements (timestamp) WHERE verdict <> 'PASS';
CREATE INDEX measurements_execution ON measurements (execution_id);

CREATE TABLE step_attempts (
  id uuid NOT NULL PRIMARY KEY,
  execution_id uuid NOT NULL,
  step_result_id uuid NOT NULL,
  sequence_no bigint NOT NULL,
  attempt bigint NOT NULL,
  verdict text NOT NULL,
  reason text,
  error jsonb,
  started_at timestamptz NOT NULL,
  duration_ms double precision NOT NULL,
  outputs jsonb
);
CREATE INDEX step_attempts_execution ON step_attempts (execution_id);

CREATE TABLE measurement_attempts (
  step_result_id uuid NOT NULL,
  execution_id uuid NOT NULL,
  attempt bigint NOT NULL,
  position bigint NOT NULL,
  measurement_name text NOT NULL,
  kind text NOT NULL,
  origin text NOT NULL,
  actual_value double precision,
  actual_text text,
  raw_value text,
  raw_unit text,
  low_limit double precision,
  high_limit double precision,
  target double precision,
  tolerance double precision,
  low_limit_declared text,
  high_limit_declared text,
  target_declared text,
  tolerance_declared text,
  expected text,
  expected_declared text,
  limits_source text,
  operator text,
  unit text,
  verdict text NOT NULL,
  reason text,
  flags jsonb,
  timestamp timestamptz NOT NULL,
  station_id text NOT NULL,
  serial_number text,
  iteration bigint
);
CREATE INDEX measurement_attempts_execution ON measurement_attempts (execution_id);

CREATE TABLE prompt_answers (
  id uuid NOT NULL PRIMARY KEY,
  execution_id uuid NOT NULL,
  step_result_id uuid NOT NULL,
  sequence_no bigint NOT NULL,
  seq bigint NOT NULL,
  prompt_id text NOT NULL,
  title text,
  message text NOT NULL,
  image text,
  image_digest text,
  prompt jsonb NOT NULL,
  opened_at timestamptz NOT NULL,
  ended_at timestamptz,
  button text,
  action text,
  raw_value text,
  value jsonb,
  answered_by text,
  front_end text,
  unattended boolean,
  timed_out boolean,
  answer jsonb,
  withdrawn text
);
CREATE INDEX prompt_answers_execution ON prompt_answers (execution_id, seq);

-- The texts of definitions, once each; parts are gathered until a text is whole.
CREATE TABLE definitions (
  digest text NOT NULL PRIMARY KEY,
  path text NOT NULL,
  text text NOT NULL
);
CREATE TABLE definition_parts (
  digest text NOT NULL,
  part bigint NOT NULL,
  parts bigint NOT NULL,
  path text NOT NULL,
  text text NOT NULL,
  PRIMARY KEY (digest, part)
);
CREATE TABLE execution_definitions (
  execution_id uuid NOT NULL,
  seq bigint NOT NULL,
  digest text NOT NULL,
  path text NOT NULL,
  package text,
  PRIMARY KEY (execution_id, seq)
);

CREATE TABLE execution_packages (
  execution_id uuid NOT NULL,
  position bigint NOT NULL,
  name text NOT NULL,
  version text NOT NULL,
  lifecycle_status text,
  commit_id text,
  digest text NOT NULL,
  PRIMARY KEY (execution_id, position)
);

CREATE TABLE execution_runners (
  id uuid NOT NULL PRIMARY KEY,
  execution_id uuid NOT NULL,
  seq bigint NOT NULL,
  runner text NOT NULL,
  generation bigint NOT NULL,
  pid bigint NOT NULL,
  name text NOT NULL,
  version text NOT NULL,
  runtime text NOT NULL,
  start_ms bigint NOT NULL,
  started_at timestamptz NOT NULL,
  stopped_at timestamptz,
  stop_reason text
);
CREATE INDEX execution_runners_execution ON execution_runners (execution_id, seq);

CREATE TABLE execution_instruments (
  id uuid NOT NULL PRIMARY KEY,
  execution_id uuid NOT NULL,
  name text NOT NULL,
  resource text NOT NULL,
  identity text,
  opened_at timestamptz NOT NULL
);
CREATE INDEX execution_instruments_execution ON execution_instruments (execution_id);

-- Facts that were found during a run, the beginning of an abort, suspensions, holds and what ended
-- them.
CREATE TABLE execution_facts (
  execution_id uuid NOT NULL,
  seq bigint NOT NULL,
  name text NOT NULL,
  value jsonb,
  found_at timestamptz NOT NULL,
  PRIMARY KEY (execution_id, seq)
);

CREATE TABLE execution_logs (
  execution_id uuid NOT NULL,
  seq bigint NOT NULL,
  step_result_id uuid,
  sequence_no bigint,
  level text NOT NULL,
  source text NOT NULL,
  message text NOT NULL,
  logged_at timestamptz NOT NULL,
  PRIMARY KEY (execution_id, seq)
);

CREATE TABLE artifacts (
  id uuid NOT NULL PRIMARY KEY,
  execution_id uuid NOT NULL,
  step_result_id uuid NOT NULL,
  sequence_no bigint NOT NULL,
  seq bigint NOT NULL,
  name text NOT NULL,
  path text NOT NULL,
  media_type text NOT NULL,
  digest text NOT NULL,
  size bigint NOT NULL
);
CREATE INDEX artifacts_execution ON artifacts (execution_id, seq);

-- Results are never updated: a later judgement stands beside them.
CREATE TABLE annotations (
  id uuid NOT NULL PRIMARY KEY,
  execution_id uuid NOT NULL,
  step_result_id uuid,
  kind text NOT NULL,
  disposition text,
  reason text NOT NULL,
  annotated_by text NOT NULL,
  station_id text,
  annotated_at timestamptz NOT NULL
);
CREATE INDEX annotations_execution ON annotations (execution_id);

-- Runs that were declared void and not declared valid again after that: they count in no statistics.
CREATE VIEW voided_executions AS
SELECT DISTINCT v.execution_id FROM annotations v
WHERE v.kind = 'void' AND NOT EXISTS (
  SELECT 1 FROM annotations w
  WHERE w.execution_id = v.execution_id AND w.kind = 'valid'
    AND (w.annotated_at, w.id) > (v.annotated_at, v.id)
);

-- Values of `cfg.*`. `scope` is `global` (then `station_id` is empty) or `station`.
CREATE TABLE station_config (
  scope text NOT NULL,
  station_id text NOT NULL,
  key text NOT NULL,
  value text,
  category text,
  description text,
  display_mode text NOT NULL,
  updated_by text NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (scope, station_id, key)
);
-- The texts of secrets, for the owner of the tables and for whom he lets: no view, no dashboard.
CREATE TABLE station_secrets (
  scope text NOT NULL,
  station_id text NOT NULL,
  key text NOT NULL,
  value text NOT NULL,
  PRIMARY KEY (scope, station_id, key)
);
REVOKE ALL ON station_secrets FROM PUBLIC;
-- Append only.
CREATE TABLE station_config_history (
  id uuid NOT NULL PRIMARY KEY,
  scope text NOT NULL,
  station_id text NOT NULL,
  key text NOT NULL,
  value text,
  category text,
  description text,
  display_mode text NOT NULL,
  change text NOT NULL,
  updated_by text NOT NULL,
  updated_at timestamptz NOT NULL
);

CREATE TABLE audit_log (
  id uuid NOT NULL PRIMARY KEY,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  station_id text,
  action text NOT NULL,
  subject text NOT NULL,
  detail text
);

CREATE TABLE packages (
  digest text NOT NULL PRIMARY KEY,
  name text NOT NULL,
  version text NOT NULL,
  lifecycle_status text,
  source text,
  commit_id text,
  path text NOT NULL,
  is_active boolean NOT NULL,
  installed_by text NOT NULL,
  installed_at timestamptz NOT NULL
);
CREATE INDEX packages_name ON packages (name, version);

CREATE TABLE mes_result_queue (
  execution_id uuid NOT NULL PRIMARY KEY,
  payload text NOT NULL,
  state text NOT NULL,
  attempts bigint NOT NULL,
  last_error text,
  queued_at timestamptz NOT NULL,
  next_attempt_at timestamptz,
  sent_at timestamptz
);

CREATE TABLE delivery_cursor (
  run_id uuid NOT NULL PRIMARY KEY,
  last_seq bigint NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE delivery_rejects (
  run_id uuid NOT NULL,
  seq bigint NOT NULL,
  event text NOT NULL,
  reason text NOT NULL,
  rejected_at timestamptz NOT NULL,
  PRIMARY KEY (run_id, seq)
);
