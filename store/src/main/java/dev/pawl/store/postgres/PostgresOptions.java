package dev.pawl.store.postgres;

import java.time.Duration;

/**
 * How a PostgreSQL database is used.
 *
 * @param url as the driver reads it: {@code jdbc:postgresql://HOST:PORT/DATABASE?…}
 * @param user empty for what the URL says
 * @param password empty for what the URL or the driver's own files say
 * @param connections how many there are at most
 * @param connectWait how long a call waits for one of them
 */
public record PostgresOptions(
        String url, String user, String password, int connections, Duration connectWait) {
    public PostgresOptions {
        if (!url.startsWith("jdbc:postgresql:"))
            throw new IllegalArgumentException("url doesn't begin with jdbc:postgresql:");
        if (connections < 1) throw new IllegalArgumentException("connections is " + connections);
    }

    public static PostgresOptions of(String url) {
        return new PostgresOptions(url, "", "", 10, Duration.ofSeconds(30));
    }

    public PostgresOptions withConnections(int value) {
        return new PostgresOptions(url, user, password, value, connectWait);
    }

    public PostgresOptions withConnectWait(Duration value) {
        return new PostgresOptions(url, user, password, connections, value);
    }

    /** Where the database is, without what is secret. */
    String where() {
        return url.replaceFirst("\\?.*", "").replaceFirst("jdbc:", "").replaceFirst("//.*@", "//");
    }

    @Override
    public String toString() {
        return "PostgresOptions[" + where() + "]";
    }
}
