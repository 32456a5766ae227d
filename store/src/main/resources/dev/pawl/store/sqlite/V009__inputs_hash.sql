-- The inputs_hash of a site-fit job is in its idempotency key, 'sitefit:HASH' and what may follow. Jobs
-- of before, and those that were brought from an original, have it as a tag.

DROP VIEW sitefit_job_with_result;
DROP VIEW sitefit_job;

CREATE VIEW sitefit_job AS
SELECT w.id, nullif(w.tenant, 'default') AS tenant_id,
       CASE WHEN instr(' ' || w.tags, ' app:') > 0
            THEN substr(substr(w.tags, instr(' ' || w.tags, ' app:') + 4), 1,
                        instr(substr(w.tags, instr(' ' || w.tags, ' app:') + 4), ' ') - 1)
            END AS app_id,
       w.tool AS definition, w.version,
       CASE w.state WHEN 'waiting' THEN 'queued' WHEN 'dead' THEN 'failed'
                    WHEN 'cancelled' THEN 'failed' ELSE w.state END AS status,
       CASE WHEN instr(' ' || w.tags, ' inputs:') > 0
            THEN substr(substr(w.tags, instr(' ' || w.tags, ' inputs:') + 7), 1,
                        instr(substr(w.tags, instr(' ' || w.tags, ' inputs:') + 7), ' ') - 1)
            WHEN substr(j.idempotency_key, 1, 8) = 'sitefit:'
            THEN substr(j.idempotency_key, 9, 64) END AS inputs_hash,
       w.input AS payload_json, w.attempts, w.priority,
       CASE WHEN w.state <> 'succeeded' AND w.last_class IS NOT NULL
            THEN json_object('type', w.last_class, 'message', w.last_message,
                             'attempts', w.attempts,
                             'timestamp', strftime('%Y-%m-%dT%H:%M:%fZ', w.last_at / 1000.0,
                                                   'unixepoch')) END AS last_error,
       w.submitted_at AS created_at, w.started_at, w.ended_at, w.correlation_id
  FROM job_in_words w JOIN job j ON j.id = w.raw_id
 WHERE w.queue = 'sitefit';

CREATE VIEW sitefit_job_with_result AS
SELECT j.*, r.outputs_json, r.score
  FROM sitefit_job j LEFT JOIN sitefit_result r ON r.job_id = j.id;
