package dev.pawl.testkit;

import java.util.Map;
import java.util.TreeMap;

/**
 * How a {@link PostgresServer} is started.
 *
 * @param durable whether a commit that was answered outlives the machine, as PostgreSQL does by
 *     itself; without it nothing waits for the disk, which is quicker and loses the last commits
 *     when the server is killed
 * @param settings of {@code postgresql.conf}, above all others
 */
public record PostgresOptions(
        PostgresVersion version, boolean durable, Map<String, String> settings) {
    public PostgresOptions {
        settings = Map.copyOf(settings);
    }

    /** The newest version, in a hurry. */
    public static PostgresOptions defaults() {
        return new PostgresOptions(PostgresVersion.NEWEST, false, Map.of());
    }

    public PostgresOptions withVersion(PostgresVersion other) {
        return new PostgresOptions(other, durable, settings);
    }

    public PostgresOptions withDurable() {
        return new PostgresOptions(version, true, settings);
    }

    public PostgresOptions withSetting(String name, String value) {
        var more = new TreeMap<>(settings);
        more.put(name, value);
        return new PostgresOptions(version, durable, more);
    }
}
