package dev.pawl.server;

import dev.pawl.core.Role;
import dev.pawl.server.identity.JwtOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How a server listens.
 *
 * @param host name or address of the interface
 * @param port 0 for any that is free
 * @param anonymous what those may do who show no key; empty for nothing
 * @param jwt which tokens of others are good
 * @param tokenSecret what access tokens of fronts are signed with, at least 32 bytes; empty for one
 *     that the store keeps
 * @param origins whose pages may ask fronts from a browser, beside the fronts' own
 * @param session how long somebody stays signed in
 * @param jsonBytesMax of a body that is read into memory
 * @param fileBytesMax of a body that is kept as files
 * @param connectionsMax open at once; more wait to be accepted
 * @param idle how long a connection may say nothing
 * @param bodyTime how long a body may take to arrive, and a second more for each 16 KiB of it
 */
public record ServerOptions(
        String host,
        int port,
        Optional<Role> anonymous,
        JwtOptions jwt,
        String tokenSecret,
        Origins origins,
        Duration session,
        long jsonBytesMax,
        long fileBytesMax,
        int connectionsMax,
        Duration idle,
        Duration bodyTime) {
    public ServerOptions {
        if (host.isBlank()) throw new IllegalArgumentException("host is blank");
        if (port < 0 || port > 65_535)
            throw new IllegalArgumentException("port is " + port + ", want 0 to 65535");
        JwtOptions.requireSecret(tokenSecret);
        if (session.toSeconds() < 1)
            throw new IllegalArgumentException("session is " + session + ", want at least 1s");
        if (jsonBytesMax < 1) throw new IllegalArgumentException("jsonBytesMax is " + jsonBytesMax);
        if (fileBytesMax < 1) throw new IllegalArgumentException("fileBytesMax is " + fileBytesMax);
        if (connectionsMax < 1)
            throw new IllegalArgumentException("connectionsMax is " + connectionsMax);
    }

    /** On localhost, where whoever can reach the port may do all. */
    public static ServerOptions defaults() {
        return new ServerOptions(
                "localhost",
                8080,
                Optional.of(Role.ADMIN),
                JwtOptions.NONE,
                "",
                Origins.NONE,
                Duration.ofHours(12),
                10 << 20,
                2L << 30,
                12_000,
                Duration.ofMinutes(1),
                Duration.ofSeconds(30));
    }

    public ServerOptions withHost(String value) {
        return with(change -> change.host = value);
    }

    public ServerOptions withPort(int value) {
        return with(change -> change.port = value);
    }

    public ServerOptions withAnonymous(Optional<Role> value) {
        return with(change -> change.anonymous = value);
    }

    public ServerOptions withJwt(JwtOptions value) {
        return with(change -> change.jwt = value);
    }

    public ServerOptions withTokenSecret(String value) {
        return with(change -> change.tokenSecret = value);
    }

    public ServerOptions withOrigins(Origins value) {
        return with(change -> change.origins = value);
    }

    public ServerOptions withSession(Duration value) {
        return with(change -> change.session = value);
    }

    public ServerOptions withJsonBytesMax(long value) {
        return with(change -> change.jsonBytesMax = value);
    }

    public ServerOptions withFileBytesMax(long value) {
        return with(change -> change.fileBytesMax = value);
    }

    public ServerOptions withConnectionsMax(int value) {
        return with(change -> change.connectionsMax = value);
    }

    public ServerOptions withIdle(Duration value) {
        return with(change -> change.idle = value);
    }

    public ServerOptions withBodyTime(Duration value) {
        return with(change -> change.bodyTime = value);
    }

    private ServerOptions with(Consumer<Change> edit) {
        var change = new Change(this);
        edit.accept(change);
        return change.options();
    }

    /** The one place that names every value twice, so that no withX has to. */
    private static final class Change {
        String host;
        int port;
        Optional<Role> anonymous;
        JwtOptions jwt;
        String tokenSecret;
        Origins origins;
        Duration session;
        long jsonBytesMax;
        long fileBytesMax;
        int connectionsMax;
        Duration idle;
        Duration bodyTime;

        Change(ServerOptions from) {
            host = from.host;
            port = from.port;
            anonymous = from.anonymous;
            jwt = from.jwt;
            tokenSecret = from.tokenSecret;
            origins = from.origins;
            session = from.session;
            jsonBytesMax = from.jsonBytesMax;
            fileBytesMax = from.fileBytesMax;
            connectionsMax = from.connectionsMax;
            idle = from.idle;
            bodyTime = from.bodyTime;
        }

        ServerOptions options() {
            return new ServerOptions(
                    host,
                    port,
                    anonymous,
                    jwt,
                    tokenSecret,
                    origins,
                    session,
                    jsonBytesMax,
                    fileBytesMax,
                    connectionsMax,
                    idle,
                    bodyTime);
        }
    }
}
