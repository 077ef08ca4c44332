-- A tuning database as schema version 2 left it. Never edited: files like this one are on people's disks.
PRAGMA application_id = 1128811852;
PRAGMA user_version = 2;
CREATE TABLE task (
  key     TEXT PRIMARY KEY,
  name    TEXT NOT NULL,
  payload TEXT NOT NULL,
  flops   REAL
) WITHOUT ROWID;
CREATE TABLE record (
  id              INTEGER PRIMARY KEY,
  task_key        TEXT NOT NULL,
  target_key      TEXT NOT NULL,
  generator       TEXT NOT NULL,
  schedule        TEXT NOT NULL,
  fingerprint     TEXT NOT NULL,
  configuration   TEXT NOT NULL,
  outcome         TEXT NOT NULL,
  message         TEXT NOT NULL,
  seconds         REAL,
  spread_seconds  REAL,
  relative_error  REAL,
  compile_seconds REAL,
  measure_seconds REAL,
  final           INTEGER NOT NULL,
  unix_time       INTEGER NOT NULL,
  UNIQUE (task_key, target_key, generator, schedule, fingerprint, configuration)
);
INSERT INTO task VALUES ('3f2a', 'matmul 64x64x64', 'module {}', 524288.0);
INSERT INTO record VALUES
  (1, '3f2a', 'cpu znver4', 'aa', 'builtin:cpu/matmul@matmul', 'f1', '{mr = 8 : i64}', 'ok', '', 0.002, 0.0001, 1e-7, 0.05, 0.2, 0, 1700000000),
  (2, '3f2a', 'cpu znver4', 'aa', 'builtin:cpu/matmul@matmul', 'f1', '{mr = 4 : i64}', 'ok', '', 0.003, 0.0001, 1e-7, 0.05, 0.2, 1, 1700000001),
  (3, '3f2a', 'cpu znver4', 'bb', 'builtin:cpu/matmul@matmul', 'f1', '{mr = 2 : i64}', 'wrong-result', 'differs', 0.001, 0, NULL, 0.05, 0.2, 0, 1700000002);
