CREATE TABLE job (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), tenant_id uuid, app_id text NOT NULL,
  definition text NOT NULL, version text NOT NULL,
  status text NOT NULL CHECK (status IN ('queued', 'running', 'succeeded', 'failed')),
  inputs_hash text NOT NULL, payload_json jsonb NOT NULL, attempts int NOT NULL DEFAULT 0,
  priority int NOT NULL DEFAULT 100, last_error jsonb, created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz, ended_at timestamptz);
CREATE TABLE result (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), job_id uuid NOT NULL REFERENCES job (id) ON DELETE CASCADE,
  outputs_json jsonb NOT NULL, score numeric, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE artifact (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), job_id uuid NOT NULL REFERENCES job (id) ON DELETE CASCADE,
  kind text NOT NULL, url text NOT NULL, expires_at timestamptz);

INSERT INTO job (id, tenant_id, app_id, definition, version, status, inputs_hash, payload_json,
                 attempts, last_error, created_at, started_at, ended_at)
VALUES
  ('ffffffff-2222-4222-8222-000000000001', NULL, 'sitefit', 'sitefit', '1.0.0', 'succeeded', 'ab12',
   '{"crs": "EPSG:3857"}', 2, NULL, '2025-04-01 10:00:00+02', '2025-04-01 10:00:01+02',
   '2025-04-01 10:00:09+02'),
  ('00000000-2222-4222-8222-000000000002', 'dddddddd-0000-4000-8000-000000000001', 'sitefit',
   'sitefit', '0.9.0', 'failed', 'cd34', '{"crs": "EPSG:3857"}', 1,
   '{"type": "appserver_error", "status_code": 422, "message": "no room for the house",
     "timestamp": "2025-04-02T08:00:05Z"}',
   '2025-04-02 08:00:00+00', '2025-04-02 08:00:01+00', '2025-04-02 08:00:05+00'),
  ('11111111-2222-4222-8222-000000000003', NULL, 'sitefit', 'sitefit', '1.0.0', 'failed', 'ef56',
   '{"crs": "EPSG:3857"}', 5, '{"type": "max_attempts_exceeded", "message": "gave up", "attempts": 5}',
   '2025-04-03 08:00:00+00', '2025-04-03 08:00:01+00', '2025-04-03 08:00:05+00'),
  ('22222222-2222-4222-8222-000000000004', NULL, 'sitefit', 'sitefit', '1.0.0', 'queued', 'aa77',
   '{}', 0, NULL, '2025-04-04 08:00:00+00', NULL, NULL);
-- Delivered twice, as it happened there: the newest counts.
INSERT INTO result (job_id, outputs_json, created_at) VALUES
  ('ffffffff-2222-4222-8222-000000000001', '{"results": [{"score": 1}]}', '2025-04-01 08:00:08+00'),
  ('ffffffff-2222-4222-8222-000000000001', '{"results": [{"score": 87.5}]}', '2025-04-01 08:00:09+00');
INSERT INTO artifact (job_id, kind, url) VALUES
  ('ffffffff-2222-4222-8222-000000000001', 'geojson', 'https://blobs.example.org/a.geojson?sig=x');
