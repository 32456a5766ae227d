-- How many attempts ended the jobs that a counter counts, and how long they ran in all: what an
-- average is made of. Jobs that were answered, cancelled or expired have no started_at.
ALTER TABLE counter ADD COLUMN runs INTEGER NOT NULL DEFAULT 0;
ALTER TABLE counter ADD COLUMN millis INTEGER NOT NULL DEFAULT 0;
UPDATE counter
   SET runs = o.runs, millis = o.millis
  FROM (SELECT lane, state + 2 AS state, count(*) AS runs, sum(max(0, at - started_at)) AS millis
          FROM outcome WHERE started_at IS NOT NULL GROUP BY lane, state) o
 WHERE o.lane = counter.lane AND o.state = counter.state;
