-- What people and tools that knew the databases of the fronts' originals read on with: their tables
-- as views, in the originals' own schemas where nothing of that name is there. Nothing here reads
-- them.

CREATE FUNCTION pawl.at(ms bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT to_timestamp(ms / 1000.0) $$;

-- Null of what PostgreSQL can't take for JSON.
CREATE FUNCTION pawl.as_json(value text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$ BEGIN RETURN CAST(value AS jsonb); EXCEPTION WHEN data_exception THEN RETURN NULL; END $$;

-- The rest of the tag that begins so.
CREATE FUNCTION pawl.tag_of(tags text, start text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT substr(tag, length(start) + 1) FROM unnest(string_to_array(tags, ' ')) tag
       WHERE starts_with(tag, start) LIMIT 1 $$;

-- Every job in words: what the views below begin with.
CREATE VIEW pawl.job_in_words AS
SELECT j.id,
       CASE WHEN o.state = 1 THEN 'succeeded' WHEN o.state = 2 THEN 'dead'
            WHEN o.state = 3 THEN 'cancelled' WHEN r.id IS NOT NULL THEN 'running'
            WHEN w.id IS NOT NULL THEN 'waiting' ELSE 'queued' END AS state,
       l.queue, t.name AS tool, t.version, j.tenant, j.owner, j.priority, j.input,
       j.correlation_id, j.idempotency_key, j.tags, o.output, o.class,
       coalesce(r.attempt, o.attempt, q.attempt, d.attempt, 0) AS attempts,
       coalesce(le.worker, e.worker) AS worker,
       e.message AS last_message, e.class AS last_class, pawl.at(e.at) AS last_at,
       pawl.at(j.submitted_at) AS submitted_at,
       pawl.at(coalesce(r.started_at, o.started_at)) AS started_at,
       pawl.at(o.at) AS ended_at, (o.at - o.started_at) / 1000.0 AS seconds
  FROM pawl.job j
  JOIN pawl.lane l ON l.id = j.lane
  JOIN pawl.tool t ON t.id = l.tool_id
  LEFT JOIN pawl.outcome o ON o.id = j.id
  LEFT JOIN pawl.running r ON r.id = j.id
  LEFT JOIN pawl.lease le ON le.id = r.lease
  LEFT JOIN pawl.waiting w ON w.id = j.id
  LEFT JOIN pawl.ready q ON q.id = j.id
  LEFT JOIN pawl.later d ON d.id = j.id
  LEFT JOIN LATERAL (SELECT * FROM pawl.attempt_end a WHERE a.id = j.id
                      ORDER BY a.attempt DESC LIMIT 1) e ON true;

CREATE VIEW pawl.tool_runner_jobs AS
SELECT id, owner AS user_id, tool AS tool_name, tool AS display_name, CAST(NULL AS text) AS category,
       pawl.as_json(input) AS parameters,
       CASE state WHEN 'waiting' THEN 'pending' WHEN 'queued' THEN 'pending'
                  WHEN 'succeeded' THEN 'completed' WHEN 'dead' THEN 'failed'
                  ELSE state END AS status,
       priority, submitted_at AS created_at, submitted_at AS queued_at, started_at,
       ended_at AS completed_at,
       CASE WHEN state = 'succeeded' THEN 0
            ELSE CAST(substring(last_message FROM '^exited with ([0-9]{1,9})') AS integer)
            END AS return_code,
       seconds AS duration, CAST(NULL AS text) AS celery_task_id, worker AS worker_name
  FROM pawl.job_in_words
 WHERE queue = 'tool-runner';

CREATE VIEW pawl.tool_runner_job_results AS
SELECT j.id, j.id AS job_id,
       (SELECT string_agg(g.text, E'\n' ORDER BY g.seq) FROM pawl.log g
         WHERE g.id = j.id AND g.attempt = j.attempts AND g.stream = 0) AS stdout,
       (SELECT string_agg(g.text, E'\n' ORDER BY g.seq) FROM pawl.log g
         WHERE g.id = j.id AND g.attempt = j.attempts AND g.stream = 1) AS stderr,
       (SELECT coalesce(jsonb_agg(a.name ORDER BY a.name), '[]') FROM pawl.artifact a
         WHERE a.id = j.id) AS output_files,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('name', a.name, 'size', a.size, 'sha256',
                                                     a.sha256, 'media_type', a.media_type)
                                  ORDER BY a.name), '[]')
          FROM pawl.artifact a WHERE a.id = j.id) AS file_metadata,
       CAST(NULL AS bigint) AS memory_used, CAST(NULL AS double precision) AS cpu_percent,
       CAST(NULL AS text) AS storage_path,
       (SELECT coalesce(sum(a.size), 0) FROM pawl.artifact a WHERE a.id = j.id) AS total_size,
       j.ended_at AS created_at
  FROM pawl.job_in_words j
 WHERE j.queue = 'tool-runner' AND j.state IN ('succeeded', 'dead');

CREATE VIEW pawl.tool_runner_job_logs AS
SELECT j.id || '/' || g.attempt || '/' || g.seq AS id, j.id AS job_id,
       pawl.at(g.at) AS timestamp,
       CASE g.stream WHEN 1 THEN 'WARNING' ELSE 'INFO' END AS level,
       g.text AS message, CASE g.stream WHEN 2 THEN 'system' ELSE 'worker' END AS source,
       jsonb_build_object('attempt', g.attempt, 'seq', g.seq) AS metadata
  FROM pawl.job_in_words j JOIN pawl.log g ON g.id = j.id
 WHERE j.queue = 'tool-runner';

CREATE VIEW pawl.sitefit_job AS
SELECT id, nullif(tenant, 'default') AS tenant_id, pawl.tag_of(tags, 'app:') AS app_id,
       tool AS definition, version,
       CASE state WHEN 'waiting' THEN 'queued' WHEN 'dead' THEN 'failed'
                  WHEN 'cancelled' THEN 'failed' ELSE state END AS status,
       coalesce(pawl.tag_of(tags, 'inputs:'),
                CASE WHEN starts_with(idempotency_key, 'sitefit:')
                     THEN substr(idempotency_key, 9, 64) END) AS inputs_hash,
       pawl.as_json(input) AS payload_json, attempts, priority,
       CASE WHEN state <> 'succeeded' AND last_class IS NOT NULL
            THEN jsonb_build_object('type', last_class, 'message', last_message,
                                    'attempts', attempts, 'timestamp', last_at)
            END AS last_error,
       submitted_at AS created_at, started_at, ended_at, correlation_id
  FROM pawl.job_in_words
 WHERE queue = 'sitefit';

CREATE VIEW pawl.sitefit_result AS
SELECT j.id, j.id AS job_id, pawl.as_json(j.output) AS outputs_json,
       (SELECT max(CAST(result ->> 'score' AS double precision))
          FROM jsonb_path_query(pawl.as_json(j.output), '$.results[*]') result
         WHERE jsonb_typeof(result -> 'score') = 'number') AS score,
       j.ended_at AS created_at
  FROM pawl.job_in_words j
 WHERE j.queue = 'sitefit' AND j.state = 'succeeded';

CREATE VIEW pawl.sitefit_artifact AS
SELECT j.id || '/' || a.name AS id, j.id AS job_id, a.media_type AS kind,
       '/jobs/artifacts/' || j.id || '/' || a.name AS url, CAST(NULL AS timestamptz) AS expires_at,
       j.ended_at AS created_at
  FROM pawl.job_in_words j JOIN pawl.artifact a ON a.id = j.id
 WHERE j.queue = 'sitefit';

CREATE VIEW pawl.sitefit_job_with_result AS
SELECT j.*, r.outputs_json, r.score
  FROM pawl.sitefit_job j LEFT JOIN pawl.sitefit_result r ON r.job_id = j.id;

-- The same under the originals' names. What is there stays: it may be the original's own. Who may
-- not make a schema reads those above.
DO $$
DECLARE
  name text[];
BEGIN
  FOREACH name SLICE 1 IN ARRAY ARRAY[
      ['tool_runner', 'jobs'], ['tool_runner', 'job_results'], ['tool_runner', 'job_logs'],
      ['sitefit', 'job'], ['sitefit', 'result'], ['sitefit', 'artifact'],
      ['sitefit', 'job_with_result']] LOOP
    IF to_regclass(format('%I.%I', name[1], name[2])) IS NULL THEN
      EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', name[1]);
      EXECUTE format('CREATE VIEW %I.%I AS SELECT * FROM pawl.%I', name[1], name[2],
                     name[1] || '_' || name[2]);
    END IF;
  END LOOP;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'no views in the schemas tool_runner and sitefit: %', SQLERRM;
END $$;
