package dev.pawl.store.postgres;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

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
    private static final Duration CONNECT_WAIT = Duration.ofSeconds(30);
    private static final String WANTED = "want postgres://USER@HOST/DATABASE";

    public PostgresOptions {
        if (!url.startsWith("jdbc:postgresql:"))
            throw new IllegalArgumentException("url doesn't begin with jdbc:postgresql:");
        if (connections < 1) throw new IllegalArgumentException("connections is " + connections);
    }

    /**
     * The database at this URL.
     *
     * @param url {@code postgres://USER:PASSWORD@HOST:PORT/DATABASE?…}, where user, password and
     *     port may be left out, or as the driver reads it
     * @throws IllegalArgumentException saying what is wrong, without what is secret
     */
    public static PostgresOptions of(String url) {
        if (url.startsWith("jdbc:")) return new PostgresOptions(url, "", "", 10, CONNECT_WAIT);
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(WANTED);
        }
        if (!List.of("postgres", "postgresql").contains(String.valueOf(uri.getScheme()))
                || uri.getHost() == null
                || uri.getPath().length() < 2) throw new IllegalArgumentException(WANTED);
        String[] who = Objects.requireNonNullElse(uri.getUserInfo(), "").split(":", 2);
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String more = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        String jdbc = "jdbc:postgresql://" + uri.getHost() + port + uri.getRawPath() + more;
        return new PostgresOptions(jdbc, who[0], who.length > 1 ? who[1] : "", 10, CONNECT_WAIT);
    }

    /** The same with this password; with the one before when it is empty. */
    public PostgresOptions withPassword(String value) {
        String either = value.isEmpty() ? password : value;
        return new PostgresOptions(url, user, either, connections, connectWait);
    }

    public PostgresOptions withConnections(int value) {
        return new PostgresOptions(url, user, password, value, connectWait);
    }

    public PostgresOptions withConnectWait(Duration value) {
        return new PostgresOptions(url, user, password, connections, value);
    }

    /** Where the database is, without what is secret. */
    public String where() {
        return url.replaceFirst("\\?.*", "").replaceFirst("jdbc:", "").replaceFirst("//.*@", "//");
    }

    @Override
    public String toString() {
        return "PostgresOptions[" + where() + "]";
    }
}
