package dev.pawl.app.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Every key of the configuration, with its default as it would be written. In {@code pawl.yaml} the
 * dots are levels; as a variable {@code store.synchronous} is {@code PAWL_STORE_SYNCHRONOUS}.
 */
public enum Key {
    DATA("data", "./pawl-data", "folder that holds everything"),
    TOOLS("tools", "", "folders with tool files beside the shipped ones, separated by :"),
    REMOTE("remote", "", "server whose jobs commands work on; empty for the data folder's"),
    KEY("key", "", "key that such a server wants; `pawl config` doesn't show it"),
    COLOR("color", "auto", "auto, always or never"),
    STORE_URL(
            "store.url",
            "",
            "PostgreSQL database with the jobs, as postgres://USER@HOST/NAME; empty for a SQLite"
                    + " file in the data folder"),
    STORE_PASSWORD("store.password", "", "its password; `pawl config` doesn't show it"),
    STORE_CONNECTIONS("store.connections", "10", "how many connections to it a process has"),
    STORE_SYNCHRONOUS("store.synchronous", "full", "full survives a power failure, normal a crash"),
    STORE_BUSY("store.busy", "30s", "how long a write waits for another process's"),
    WORKER_SLOTS("worker.slots", "auto", "commands at once; auto is one per processor"),
    WORKER_HANDLERS("worker.handlers", "256", "Java handlers and HTTP calls at once"),
    WORKER_CAN(
            "worker.can",
            "",
            "what this worker has that some tools require, with commas, as gpu,large-memory"),
    WORKER_LEASE("worker.lease", "30s", "how long a claim lasts unless renewed"),
    WORKER_HEARTBEAT("worker.heartbeat", "10s", "how often leases are renewed"),
    WORKER_POLL("worker.poll", "500ms", "rest between claims when nobody wakes the worker"),
    WORKER_GRACE("worker.grace", "20s", "how long a drain lets running jobs go on"),
    WORKER_STOP_GRACE("worker.stop-grace", "15s", "how long a stopped command may take to end"),
    WORKER_LOG_MAX("worker.log-max", "5MiB", "most bytes of log kept per attempt"),
    RETENTION_SUCCEEDED("retention.succeeded", "forever", "how long jobs stay that have succeeded"),
    RETENTION_DEAD("retention.dead", "forever", "how long dead jobs stay"),
    RETENTION_CANCELLED("retention.cancelled", "forever", "how long cancelled jobs stay"),
    SERVER_HOST("server.host", "localhost", "interface that the server listens on"),
    SERVER_PORT("server.port", "8080", "port that the server listens on; 0 for any that is free"),
    SERVER_ANONYMOUS(
            "server.anonymous",
            "auto",
            "what who shows no key may do: admin, user, viewer or none; auto is admin on localhost,"
                    + " else none"),
    SERVER_TOKEN_SECRET(
            "server.token-secret",
            "",
            "what front tool-runner signs access tokens with, 32 bytes or more; empty for one that"
                    + " the store keeps; `pawl config` doesn't show it"),
    SERVER_ORIGINS(
            "server.origins",
            "",
            "origins of pages that may ask fronts from a browser, with commas; * for any"),
    SERVER_SESSION("server.session", "12h", "how long somebody stays signed in"),
    SERVER_JWT_SECRET(
            "server.jwt.secret",
            "",
            "what tokens (JWT) are signed with by HS256, 32 bytes or more; `pawl config` doesn't"
                    + " show it"),
    SERVER_JWT_JWKS(
            "server.jwt.jwks",
            "",
            "URL or file of the public keys that tokens are signed with by RS256 or ES256"),
    SERVER_JWT_ISSUER("server.jwt.issuer", "", "what a token's `iss` has to be; empty for any"),
    SERVER_JWT_AUDIENCE(
            "server.jwt.audience", "", "what a token's `aud` has to name; empty for any"),
    SERVER_JWT_NAME("server.jwt.name-claim", "sub", "claim that says whose jobs they are"),
    SERVER_JWT_ROLE(
            "server.jwt.role-claim",
            "role",
            "claim that says the role, a text or a list; a dot leads into an object"),
    SERVER_JWT_TENANT(
            "server.jwt.tenant-claim",
            "tenant",
            "claim that says the tenant; where it is missing it is default, an admin's all"),
    SERVER_JWT_ROLES(
            "server.jwt.roles", "", "more names of roles in that claim, as staff=user, ops=admin"),
    SERVER_JWT_OTHERS(
            "server.jwt.role",
            "none",
            "role of a token that says none that is known: user, viewer, or none to refuse it"),
    SERVER_JSON_MAX("server.json-max", "10MiB", "most bytes of a JSON body"),
    SERVER_FILE_MAX("server.file-max", "2GiB", "most bytes of an upload"),
    FRONTS_TOOL_RUNNER_PORT(
            "fronts.tool-runner.port", "8001", "port of `--front tool-runner` without one"),
    FRONTS_SITEFIT_PORT("fronts.sitefit.port", "8000", "port of `--front sitefit` without one"),
    SITEFIT_CONTRACTS("sitefit.contracts", "", "folder of contracts, NAME/VERSION/"),
    SITEFIT_COMPUTE(
            "sitefit.compute",
            "",
            "address of the compute server; empty for one in the same process"),
    SITEFIT_TIMEOUT("sitefit.timeout", "4m", "of one solve; a contract may ask for less"),
    SITEFIT_ATTEMPTS("sitefit.attempts", "5", "failures that end a job"),
    SITEFIT_RESULTS_KEPT(
            "sitefit.results-kept",
            "5m",
            "how long a result answers inputs that are the same with their defaults"),
    SITEFIT_LINK_SECRET(
            "sitefit.link-secret",
            "",
            "what links to files are signed with; empty for one that the store keeps; `pawl"
                    + " config` doesn't show it"),
    COMPUTE_SOLVER("compute.solver", "mock", "what solves: mock, or rhino for Rhino.Compute"),
    COMPUTE_URL("compute.url", "", "address of Rhino.Compute"),
    COMPUTE_KEY("compute.key", "", "key that it wants; `pawl config` doesn't show it"),
    COMPUTE_DEFINITIONS(
            "compute.definitions",
            "",
            "folder or address, as it sees it, of NAME/VERSION/ghlogic.ghx; empty to send it the"
                    + " contract's own"),
    COMPUTE_TIMEOUT("compute.timeout", "4m", "of one solve there; a contract may ask for less"),
    WEBHOOKS_PRIVATE(
            "webhooks.private",
            "false",
            "true lets webhooks be on this machine and on private networks"),
    WEBHOOKS_TIMEOUT("webhooks.timeout", "10s", "how long a webhook may take to answer"),
    LOG_FORMAT("log.format", "text", "text or json"),
    LOG_LEVEL("log.level", "auto", "debug, info, warn, error; auto is info in a worker, else warn");

    /** The one key whose middle is a name: {@code queues.NAME.depth}. */
    public static final String QUEUE_DEPTH = "queues.NAME.depth";

    // Set for a tool's command, by the scripts or by tests: not configuration.
    private static final List<String> NOT_KEYS =
            List.of(
                    "PAWL_CONFIG",
                    "PAWL_JAVA_OPTS",
                    "PAWL_REQUIRE",
                    "PAWL_JOB",
                    "PAWL_ATTEMPT",
                    "PAWL_TOOL",
                    "PAWL_CORRELATION_ID",
                    "PAWL_INPUT",
                    "PAWL_OUTPUT",
                    "PAWL_LEASE",
                    "PAWL_DATA_ID",
                    "PAWL_WORKER");

    private final String path;
    private final String defaultText;
    private final String help;

    Key(String path, String defaultText, String help) {
        this.path = path;
        this.defaultText = defaultText;
        this.help = help;
    }

    /** Whether people don't see its value. */
    boolean secret() {
        return switch (this) {
            case KEY,
                    STORE_PASSWORD,
                    COMPUTE_KEY,
                    SERVER_JWT_SECRET,
                    SERVER_TOKEN_SECRET,
                    SITEFIT_LINK_SECRET ->
                    true;
            default -> false;
        };
    }

    /** Whether its value is a path, or several. */
    boolean isPath() {
        return this == DATA || this == TOOLS || this == SITEFIT_CONTRACTS;
    }

    /** As in {@code store.synchronous}. */
    public String path() {
        return path;
    }

    public String defaultText() {
        return defaultText;
    }

    /** One line. */
    public String help() {
        return help;
    }

    public String variable() {
        return "PAWL_" + path.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    static Optional<Key> of(String path) {
        return Stream.of(values()).filter(key -> key.path.equals(path)).findFirst();
    }

    static Optional<Key> ofVariable(String name) {
        return Stream.of(values()).filter(key -> key.variable().equals(name)).findFirst();
    }

    static boolean isForeign(String variable) {
        return NOT_KEYS.contains(variable);
    }

    static List<String> paths() {
        return Stream.concat(Stream.of(values()).map(Key::path), Stream.of(QUEUE_DEPTH)).toList();
    }
}
