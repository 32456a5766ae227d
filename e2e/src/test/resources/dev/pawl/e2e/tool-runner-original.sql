CREATE TYPE userrole AS ENUM ('ADMIN', 'USER', 'GUEST');
CREATE TYPE jobstatus AS ENUM ('PENDING', 'QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED');
CREATE TYPE loglevel AS ENUM ('INFO', 'WARNING', 'ERROR', 'DEBUG');
CREATE TABLE users (
  id UUID PRIMARY KEY, username VARCHAR(50) NOT NULL UNIQUE, email VARCHAR(255) NOT NULL UNIQUE,
  hashed_password VARCHAR(255) NOT NULL, full_name VARCHAR(255), role userrole NOT NULL,
  is_active BOOLEAN NOT NULL, created_at TIMESTAMP NOT NULL, updated_at TIMESTAMP, last_login TIMESTAMP);
CREATE TABLE jobs (
  id UUID PRIMARY KEY, user_id UUID REFERENCES users (id), tool_name VARCHAR(100) NOT NULL,
  display_name VARCHAR(200), category VARCHAR(50), parameters JSON NOT NULL DEFAULT '{}',
  status jobstatus NOT NULL, priority INTEGER NOT NULL DEFAULT 5, created_at TIMESTAMP NOT NULL,
  queued_at TIMESTAMP, started_at TIMESTAMP, completed_at TIMESTAMP, return_code INTEGER,
  duration FLOAT, celery_task_id VARCHAR(255), worker_name VARCHAR(100));
CREATE INDEX ix_jobs_created_at ON jobs (created_at);
CREATE TABLE job_results (
  id UUID PRIMARY KEY, job_id UUID NOT NULL UNIQUE REFERENCES jobs (id), stdout TEXT, stderr TEXT,
  output_files JSON, file_metadata JSON, memory_used FLOAT, cpu_percent FLOAT,
  storage_path VARCHAR(500), total_size BIGINT, created_at TIMESTAMP NOT NULL);
CREATE TABLE job_logs (
  id UUID PRIMARY KEY, job_id UUID NOT NULL REFERENCES jobs (id), timestamp TIMESTAMP NOT NULL,
  level loglevel NOT NULL, message TEXT NOT NULL, source VARCHAR(50), metadata JSON);

INSERT INTO users VALUES
  ('aaaaaaaa-0000-4000-8000-000000000001', 'ann', 'ann@example.org', 'x', 'Ann', 'USER', true,
   '2025-01-01', NULL, NULL);
INSERT INTO jobs (id, user_id, tool_name, parameters, status, created_at, started_at, completed_at,
                  return_code, duration, worker_name)
VALUES
  ('ffffffff-1111-4111-8111-000000000001', NULL, 'build_graph', '{"format": ["html"]}', 'COMPLETED',
   '2025-03-01 10:00:00', '2025-03-01 10:00:01', '2025-03-01 10:00:03.5', 0, 2.5, 'w1'),
  ('00000000-1111-4111-8111-000000000002', 'aaaaaaaa-0000-4000-8000-000000000001', 'greet', '{}',
   'FAILED', '2025-03-02 10:00:00', NULL, '2025-03-02 10:00:04', 3, 4, NULL),
  ('88888888-1111-4111-8111-000000000003', NULL, 'greet', '{}', 'CANCELLED',
   '2025-03-03 10:00:00', NULL, '2025-03-03 10:00:01', NULL, NULL, NULL),
  ('99999999-1111-4111-8111-000000000004', NULL, 'greet', '{}', 'RUNNING',
   '2025-03-04 10:00:00', '2025-03-04 10:00:01', NULL, NULL, NULL, NULL),
  ('77777777-1111-4111-8111-000000000005', NULL, 'No Such Name', '{}', 'COMPLETED',
   '2025-03-05 10:00:00', '2025-03-05 10:00:01', '2025-03-05 10:00:02', 0, 1, NULL);
INSERT INTO job_results (id, job_id, stdout, stderr, output_files, created_at) VALUES
  ('bbbbbbbb-0000-4000-8000-000000000001', 'ffffffff-1111-4111-8111-000000000001',
   E'12 articles\n30 links\n', '', '["build_graph.html", "../secret.txt", "gone.json"]',
   '2025-03-01 10:00:04'),
  ('bbbbbbbb-0000-4000-8000-000000000002', '00000000-1111-4111-8111-000000000002', '',
   'Traceback: no name', '[]', '2025-03-02 10:00:05');
INSERT INTO job_logs (id, job_id, timestamp, level, message) VALUES
  ('cccccccc-0000-4000-8000-000000000002', 'ffffffff-1111-4111-8111-000000000001',
   '2025-03-01 10:00:02', 'WARNING', 'an article without a title'),
  ('cccccccc-0000-4000-8000-000000000001', 'ffffffff-1111-4111-8111-000000000001',
   '2025-03-01 10:00:01', 'INFO', 'Job started');
-- More than one page.
INSERT INTO jobs (id, tool_name, status, created_at, completed_at, duration)
SELECT gen_random_uuid(), 'build_graph', 'COMPLETED', t, t + interval '2 s', 1.5
  FROM generate_series(timestamp '2024-01-01', timestamp '2024-02-19', interval '1 day') t;
