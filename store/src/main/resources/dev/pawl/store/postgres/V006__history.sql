-- What hangs on a job for ever is kept in ranges of ids, which are in the order of submits, so that
-- what is old enough is dropped as a whole. What is there becomes the first range, which ends with
-- the day; each row of it is looked at once, and nobody else uses the tables meanwhile. The ranges
-- behind it are made as time passes, by whoever leads; what belongs to none is in the last one.
-- Who waits here for the tables lets others on now and then, and gives up after some minutes.
DO $$
DECLARE
  history text[] := ARRAY['job', 'tag', 'outcome', 'attempt_end', 'log', 'artifact'];
  bound   uuid := CAST(lpad(to_hex((floor(extract(epoch FROM clock_timestamp()) / 86400) + 1)
                                   ::bigint * 86400000), 12, '0') || repeat('0', 20) AS uuid);
  views   text[] := '{}';
  name    text;
  old     record;
  part    record;
BEGIN
  -- Long enough for an automatic vacuum to give way.
  PERFORM set_config('lock_timeout', '1500ms', true);
  FOR tries IN REVERSE 150 .. 0 LOOP
    BEGIN
      LOCK TABLE pawl.outcome, pawl.job, pawl.tag, pawl.attempt_end, pawl.log, pawl.artifact
        IN ACCESS EXCLUSIVE MODE;
      EXIT;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      IF tries = 0 THEN RAISE; END IF;
      PERFORM pg_sleep(0.2);
    END;
  END LOOP;

  -- Views go by the table, not by its name: each is made again in its place, and keeps its grants.
  FOR old IN
      SELECT DISTINCT c.relkind, format('%I.%I', n.nspname, c.relname) AS name,
             pg_get_viewdef(c.oid) AS body, array_to_string(c.reloptions, ', ') AS options,
             pg_has_role(c.relowner, 'USAGE') AS ours
        FROM pg_depend d
        JOIN pg_rewrite r ON r.oid = d.objid
        JOIN pg_class c ON c.oid = r.ev_class
        JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
         AND d.refobjid IN (SELECT to_regclass('pawl.' || t) FROM unnest(history) t) LOOP
    IF old.relkind <> 'v' THEN
      RAISE EXCEPTION '% reads a table that is to be made anew; drop it and make it again after',
                      old.name;
    END IF;
    IF NOT old.ours THEN
      RAISE EXCEPTION 'view % belongs to somebody else and reads a table that is to be made anew;'
                      ' drop it and make it again after', old.name;
    END IF;
    views := views || format('CREATE OR REPLACE VIEW %s %s AS %s', old.name,
                             'WITH (' || old.options || ')', old.body);
  END LOOP;

  -- What others hung on the tables would stay with the first range alone, or not be made again.
  FOR old IN
      SELECT format('%s "%s" of %s', what, t.name, t.of) AS name FROM (
        SELECT 'foreign key' AS what, conname AS name, conrelid::regclass AS of
          FROM pg_constraint
         WHERE contype = 'f' AND confrelid IN (SELECT to_regclass('pawl.' || h) FROM unnest(history) h)
         UNION ALL
        SELECT 'trigger', tgname, tgrelid::regclass FROM pg_trigger
         WHERE NOT tgisinternal AND tgrelid IN (SELECT to_regclass('pawl.' || h) FROM unnest(history) h)
         UNION ALL
        SELECT 'policy', polname, polrelid::regclass FROM pg_policy
         WHERE polrelid IN (SELECT to_regclass('pawl.' || h) FROM unnest(history) h)) t LOOP
    RAISE EXCEPTION '% hangs on a table that is to be made anew; drop it', old.name;
  END LOOP;

  FOREACH name IN ARRAY history LOOP
    SELECT c.oid, pg_get_userbyid(c.relowner) AS owner, c.relacl INTO old
      FROM pg_class c WHERE c.oid = to_regclass('pawl.' || name);
    EXECUTE format('ALTER TABLE pawl.%I RENAME TO %I', name, name || '_past');
    EXECUTE format('CREATE TABLE pawl.%I (LIKE pawl.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS'
                   ' INCLUDING STORAGE INCLUDING COMPRESSION) PARTITION BY RANGE (id)',
                   name, name || '_past');
    -- The primary key last: of two indexes that cost the same, as those of a range that is still
    -- empty do, a statement goes by the newer one.
    FOR part IN
        SELECT i.indexrelid, c.relname,
               replace(pg_get_indexdef(i.indexrelid), format('pawl.%I ', name || '_past'),
                       format('pawl.%I ', name)) AS made,
               (SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k
                 WHERE k.conindid = i.indexrelid AND k.contype = 'p') AS key
          FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
         WHERE i.indrelid = old.oid ORDER BY i.indisprimary LOOP
      EXECUTE format('ALTER INDEX pawl.%I RENAME TO %I', part.relname,
                     name || '_past' || substr(part.relname, length(name) + 1));
      IF part.key IS NULL THEN
        EXECUTE part.made;
      ELSE
        EXECUTE format('ALTER TABLE pawl.%I ADD CONSTRAINT %I %s', name, part.relname, part.key);
      END IF;
    END LOOP;

    EXECUTE format('ALTER TABLE pawl.%I OWNER TO %I', name, old.owner);
    EXECUTE format('CREATE TABLE pawl.%I PARTITION OF pawl.%I DEFAULT', name || '_rest', name);
    EXECUTE format('ALTER TABLE pawl.%I OWNER TO %I', name || '_rest', old.owner);
    FOR part IN SELECT a.privilege_type, a.is_grantable,
                       CASE a.grantee WHEN 0 THEN 'PUBLIC'
                            ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee
                  FROM aclexplode(old.relacl) a LOOP
      EXECUTE format('GRANT %s ON pawl.%I, pawl.%I TO %s%s', part.privilege_type, name,
                     name || '_rest', part.grantee,
                     CASE WHEN part.is_grantable THEN ' WITH GRANT OPTION' END);
    END LOOP;

    -- Ids of clocks that are ahead.
    EXECUTE format('WITH d AS (DELETE FROM pawl.%I WHERE id >= %L RETURNING *)'
                   ' INSERT INTO pawl.%I SELECT * FROM d', name || '_past', bound, name);
    EXECUTE format('ALTER TABLE pawl.%I ATTACH PARTITION pawl.%I FOR VALUES FROM (MINVALUE) TO (%L)',
                   name, name || '_past', bound);
  END LOOP;

  FOREACH name IN ARRAY views LOOP
    EXECUTE name;
  END LOOP;
END $$;
