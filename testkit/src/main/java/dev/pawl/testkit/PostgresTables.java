package dev.pawl.testkit;

/** Pawl's tables in a test's database. */
public final class PostgresTables {
    /** The tables that a migration fills are left as they are. */
    private static final String EMPTY =
            """
            DO $$ DECLARE name text; BEGIN
              SET LOCAL synchronous_commit = off;
              FOR name IN SELECT tablename FROM pg_tables
                           WHERE schemaname = 'pawl' ORDER BY tablename LOOP
                IF name NOT IN ('flyway_schema_history', 'slot_limit', 'event_head', 'meta',
                                'queue', 'tool') THEN
                  EXECUTE format('DELETE FROM pawl.%I', name);
                END IF;
              END LOOP;
              DELETE FROM pawl.slot_limit WHERE id <> 0;
              DELETE FROM pawl.queue;
              DELETE FROM pawl.tool;
              UPDATE pawl.event_head SET last = 0;
            END $$
            """;

    private PostgresTables() {}

    /**
     * Leaves them as they were made, which is quicker than to make them anew. No store that knows
     * their rows may be used any more.
     */
    public static void empty(String url) {
        PostgresServer.execute(url, EMPTY);
    }
}
