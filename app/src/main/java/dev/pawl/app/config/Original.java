package dev.pawl.app.config;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A variable that the original of a front read, and what becomes of it here. Their names are
 * anybody's, so that each counts beside something else only.
 *
 * @param front which front's original
 */
public record Original(String front, String variable, Fate fate) {
    /** What becomes of it. */
    public sealed interface Fate {
        /**
         * It is a key's value, below all else that sets that key.
         *
         * @param reader makes the key's text of the variable's; may refuse it
         */
        record Read(Key key, Beside beside, UnaryOperator<String> reader) implements Fate {}

        /**
         * It means nothing here.
         *
         * @param why one sentence without its end
         */
        record Meaningless(String why) implements Fate {}
    }

    /** What has to be there for a variable to count. */
    public enum Beside {
        NOTHING,
        FRONT,
        USE_COMPUTE
    }

    private static final String SWITCH = "USE_COMPUTE";
    private static final String DATABASE =
            "jobs are in the data folder (`data`), or in the database that `store.url` names";
    private static final String BROKER = "the database is the queue; there is no broker yet";
    private static final String POOL = "the store has connections of its own";

    /** All there are; where two set the same key, the later one wins. */
    public static final List<Original> ALL =
            List.of(
                    read("tool-runner", "PORT", Key.FRONTS_TOOL_RUNNER_PORT, t -> t),
                    read("tool-runner", "HOST", Key.SERVER_HOST, t -> t),
                    read("tool-runner", "CORS_ORIGINS", Key.SERVER_ORIGINS, Original::origins),
                    read("tool-runner", "SECRET_KEY", Key.SERVER_TOKEN_SECRET, t -> t),
                    read("tool-runner", "JWT_SECRET", Key.SERVER_TOKEN_SECRET, t -> t),
                    read("tool-runner", "LOG_LEVEL", Key.LOG_LEVEL, Original::level),
                    read("tool-runner", "LOG_FORMAT", Key.LOG_FORMAT, Original::lower),
                    none("tool-runner", "DATABASE_URL", DATABASE),
                    none("tool-runner", "DB_POOL_SIZE", POOL),
                    none("tool-runner", "DB_MAX_OVERFLOW", POOL),
                    none("tool-runner", "REDIS_URL", "nothing is kept or told outside the store"),
                    none("tool-runner", "DEPLOYMENT_MODE", "there is one way to run"),
                    none(
                            "tool-runner",
                            "OUTPUT_DIR",
                            "files are kept with their job in the data folder, and fetched at"
                                    + " /api/jobs/ID/files/NAME"),
                    none(
                            "tool-runner",
                            "MAX_UPLOAD_SIZE",
                            "the front takes no uploads; bodies are bounded by server.json-max"),
                    read("sitefit", "CONTRACTS_DIR", Key.SITEFIT_CONTRACTS, Beside.NOTHING),
                    read("sitefit", "APP_SERVER_URL", Key.SITEFIT_COMPUTE, t -> t),
                    read("sitefit", "APPSERVER_URL", Key.SITEFIT_COMPUTE, t -> t),
                    read("sitefit", "JOB_TIMEOUT_SEC", Key.SITEFIT_TIMEOUT, t -> t + "s"),
                    read("sitefit", "MAX_ATTEMPTS", Key.SITEFIT_ATTEMPTS, t -> t),
                    read("sitefit", "RESULT_CACHE_TTL", Key.SITEFIT_RESULTS_KEPT, t -> t + "s"),
                    read("sitefit", "BLOB_SAS_SIGNING", Key.SITEFIT_LINK_SECRET, t -> t),
                    read("sitefit", "JWT_JWKS_URL", Key.SERVER_JWT_JWKS, t -> t),
                    read("sitefit", "LOG_LEVEL", Key.LOG_LEVEL, Original::level),
                    new Original(
                            "sitefit",
                            SWITCH,
                            new Fate.Read(
                                    Key.COMPUTE_SOLVER, Beside.USE_COMPUTE, Original::solver)),
                    read("sitefit", "COMPUTE_URL", Key.COMPUTE_URL, Beside.USE_COMPUTE),
                    read("sitefit", "COMPUTE_API_KEY", Key.COMPUTE_KEY, Beside.USE_COMPUTE),
                    read(
                            "sitefit",
                            "COMPUTE_DEFINITIONS_PATH",
                            Key.COMPUTE_DEFINITIONS,
                            Beside.USE_COMPUTE),
                    new Original(
                            "sitefit",
                            "TIMEOUT_MS",
                            new Fate.Read(Key.COMPUTE_TIMEOUT, Beside.USE_COMPUTE, t -> t + "ms")),
                    none("sitefit", "DATABASE_URL", DATABASE),
                    none("sitefit", "SERVICEBUS_CONNECTION_STRING", BROKER),
                    none("sitefit", "SERVICEBUS_CONN", BROKER),
                    none("sitefit", "QUEUE_NAME", BROKER + ", and is called sitefit"),
                    none("sitefit", "SERVICEBUS_QUEUE", BROKER + ", and is called sitefit"),
                    none("sitefit", "BLOB_ACCOUNT", "files are kept in the data folder"),
                    none(
                            "sitefit",
                            "LOCK_RENEW_SEC",
                            "leases are short and renewed each worker.heartbeat"),
                    none(
                            "sitefit",
                            "PORT",
                            "it was the compute server's: `pawl compute --port`; the front's is"
                                    + " --front sitefit:PORT"));

    private static Original read(
            String front, String variable, Key key, UnaryOperator<String> reader) {
        return new Original(front, variable, new Fate.Read(key, Beside.FRONT, reader));
    }

    private static Original read(String front, String variable, Key key, Beside beside) {
        return new Original(front, variable, new Fate.Read(key, beside, t -> t));
    }

    private static Original none(String front, String variable, String why) {
        return new Original(front, variable, new Fate.Meaningless(why));
    }

    /** Its value; empty for none. */
    public String text(Map<String, String> environment) {
        return environment.getOrDefault(variable, "").strip();
    }

    /**
     * Whether it counts, were it given.
     *
     * @param fronts those that are asked for
     */
    public boolean counts(Map<String, String> environment, Set<String> fronts) {
        if (!(fate instanceof Fate.Read(_, var beside, _))) return false;
        return switch (beside) {
            case NOTHING -> true;
            case FRONT -> fronts.contains(front);
            case USE_COMPUTE -> !environment.getOrDefault(SWITCH, "").isBlank();
        };
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** By the names that Python and Node know. */
    private static String level(String text) {
        return switch (lower(text)) {
            case "warning" -> "warn";
            case "critical", "fatal" -> "error";
            case "trace" -> "debug";
            default -> lower(text);
        };
    }

    /** With commas, or as a list in JSON. */
    private static String origins(String text) {
        if (!text.startsWith("[")) return text;
        return Stream.of(text.replaceAll("[\\[\\]\"']", "").split(",", -1))
                .map(String::strip)
                .collect(Collectors.joining(","));
    }

    private static String solver(String use) {
        return switch (lower(use)) {
            case "true" -> "rhino";
            case "false" -> "mock";
            default ->
                    throw new PawlException(
                            ErrorCode.CONFIGURATION_INVALID,
                            "USE_COMPUTE is \"%s\"; want true or false".formatted(use));
        };
    }
}
