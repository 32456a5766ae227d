-- What people and tools that knew the databases of the fronts' originals read on with: their tables
-- as views. Times are ISO 8601 in UTC. Nothing here reads them. They are in words that SQLite 3.38
-- knows: an older library that stumbles over one view takes the whole file for malformed.

-- Every job in words: what the views below begin with.
CREATE VIEW job_in_words AS
SELECT j.id AS raw_id,
       lower(substr(hex(j.id), 1, 8) || '-' || substr(hex(j.id), 9, 4) || '-'
             || substr(hex(j.id), 13, 4) || '-' || substr(hex(j.id), 17, 4) || '-'
             || substr(hex(j.id), 21)) AS id,
       CASE WHEN o.state = 1 THEN 'succeeded' WHEN o.state = 2 THEN 'dead'
            WHEN o.state = 3 THEN 'cancelled' WHEN r.id IS NOT NULL THEN 'running'
            WHEN w.id IS NOT NULL THEN 'waiting' ELSE 'queued' END AS state,
       l.queue, t.name AS tool, t.version, j.tenant, j.owner, j.priority, j.input,
       j.correlation_id, j.tags || ' ' AS tags, o.output, o.class,
       coalesce(r.attempt, o.attempt, q.attempt, d.attempt, 0) AS attempts,
       coalesce(le.worker, e.worker) AS worker,
       e.message AS last_message, e.class AS last_class, e.at AS last_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', j.submitted_at / 1000.0, 'unixepoch') AS submitted_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(r.started_at, o.started_at) / 1000.0, 'unixepoch')
           AS started_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', o.at / 1000.0, 'unixepoch') AS ended_at,
       (o.at - o.started_at) / 1000.0 AS seconds
  FROM job j
  JOIN lane l ON l.id = j.lane
  JOIN tool t ON t.id = l.tool_id
  LEFT JOIN outcome o ON o.id = j.id
  LEFT JOIN running r ON r.id = j.id
  LEFT JOIN lease le ON le.id = r.lease
  LEFT JOIN waiting w ON w.id = j.id
  LEFT JOIN ready q ON q.lane = j.lane AND q.id = j.id
  LEFT JOIN later d ON d.id = j.id
  LEFT JOIN attempt_end e
         ON e.id = j.id AND e.attempt = (SELECT max(attempt) FROM attempt_end WHERE id = j.id);

CREATE VIEW tool_runner_jobs AS
SELECT id, owner AS user_id, tool AS tool_name, tool AS display_name, NULL AS category,
       input AS parameters,
       CASE state WHEN 'waiting' THEN 'pending' WHEN 'queued' THEN 'pending'
                  WHEN 'succeeded' THEN 'completed' WHEN 'dead' THEN 'failed'
                  ELSE state END AS status,
       priority, submitted_at AS created_at, submitted_at AS queued_at, started_at,
       ended_at AS completed_at,
       CASE WHEN state = 'succeeded' THEN 0
            WHEN last_message LIKE 'exited with %'
                THEN CAST(substr(last_message, 13) AS INTEGER) END AS return_code,
       seconds AS duration, NULL AS celery_task_id, worker AS worker_name
  FROM job_in_words
 WHERE queue = 'tool-runner';

CREATE VIEW tool_runner_job_results AS
SELECT j.id, j.id AS job_id,
       (SELECT group_concat(text, char(10))
          FROM (SELECT g.text FROM log g
                 WHERE g.id = j.raw_id AND g.attempt = j.attempts AND g.stream = 0
                 ORDER BY g.seq)) AS stdout,
       (SELECT group_concat(text, char(10))
          FROM (SELECT g.text FROM log g
                 WHERE g.id = j.raw_id AND g.attempt = j.attempts AND g.stream = 1
                 ORDER BY g.seq)) AS stderr,
       (SELECT json_group_array(a.name) FROM artifact a WHERE a.id = j.raw_id) AS output_files,
       (SELECT json_group_array(json_object('name', a.name, 'size', a.size, 'sha256', a.sha256,
                                            'media_type', a.media_type))
          FROM artifact a WHERE a.id = j.raw_id) AS file_metadata,
       NULL AS memory_used, NULL AS cpu_percent, NULL AS storage_path,
       (SELECT coalesce(sum(a.size), 0) FROM artifact a WHERE a.id = j.raw_id) AS total_size,
       j.ended_at AS created_at
  FROM job_in_words j
 WHERE j.queue = 'tool-runner' AND j.state IN ('succeeded', 'dead');

CREATE VIEW tool_runner_job_logs AS
SELECT j.id || '/' || g.attempt || '/' || g.seq AS id, j.id AS job_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', g.at / 1000.0, 'unixepoch') AS timestamp,
       CASE g.stream WHEN 1 THEN 'WARNING' ELSE 'INFO' END AS level,
       g.text AS message, CASE g.stream WHEN 2 THEN 'system' ELSE 'worker' END AS source,
       json_object('attempt', g.attempt, 'seq', g.seq) AS metadata
  FROM job_in_words j JOIN log g ON g.id = j.raw_id
 WHERE j.queue = 'tool-runner';

CREATE VIEW sitefit_job AS
SELECT id, nullif(tenant, 'default') AS tenant_id,
       CASE WHEN instr(' ' || tags, ' app:') > 0
            THEN substr(substr(tags, instr(' ' || tags, ' app:') + 4), 1,
                        instr(substr(tags, instr(' ' || tags, ' app:') + 4), ' ') - 1) END AS app_id,
       tool AS definition, version,
       CASE state WHEN 'waiting' THEN 'queued' WHEN 'dead' THEN 'failed'
                  WHEN 'cancelled' THEN 'failed' ELSE state END AS status,
       CASE WHEN instr(' ' || tags, ' inputs:') > 0
            THEN substr(substr(tags, instr(' ' || tags, ' inputs:') + 7), 1,
                        instr(substr(tags, instr(' ' || tags, ' inputs:') + 7), ' ') - 1) END AS inputs_hash,
       input AS payload_json, attempts, priority,
       CASE WHEN state <> 'succeeded' AND last_class IS NOT NULL
            THEN json_object('type', last_class, 'message', last_message, 'attempts', attempts,
                             'timestamp', strftime('%Y-%m-%dT%H:%M:%fZ', last_at / 1000.0,
                                                   'unixepoch')) END AS last_error,
       submitted_at AS created_at, started_at, ended_at, correlation_id
  FROM job_in_words
 WHERE queue = 'sitefit';

CREATE VIEW sitefit_result AS
SELECT j.id, j.id AS job_id, j.output AS outputs_json,
       CASE WHEN json_valid(j.output)
            THEN (SELECT max(json_extract(value, '$.score'))
                    FROM json_each(j.output, '$.results')) END AS score,
       j.ended_at AS created_at
  FROM job_in_words j
 WHERE j.queue = 'sitefit' AND j.state = 'succeeded';

CREATE VIEW sitefit_artifact AS
SELECT j.id || '/' || a.name AS id, j.id AS job_id, a.media_type AS kind,
       '/jobs/artifacts/' || j.id || '/' || a.name AS url, NULL AS expires_at,
       j.ended_at AS created_at
  FROM job_in_words j JOIN artifact a ON a.id = j.raw_id
 WHERE j.queue = 'sitefit';

CREATE VIEW sitefit_job_with_result AS
SELECT j.*, r.outputs_json, r.score
  FROM sitefit_job j LEFT JOIN sitefit_result r ON r.job_id = j.id;
