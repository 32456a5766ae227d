package dev.pawl.app.config;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.JobState;
import dev.pawl.core.PawlException;
import dev.pawl.core.Retention;
import dev.pawl.core.Role;
import dev.pawl.server.Origins;
import dev.pawl.server.ServerOptions;
import dev.pawl.server.compute.RhinoOptions;
import dev.pawl.server.identity.JwtOptions;
import dev.pawl.server.webhook.WebhookOptions;
import dev.pawl.store.postgres.PostgresOptions;
import dev.pawl.store.sqlite.SqliteOptions;
import dev.pawl.tool.DurationText;
import dev.pawl.tool.ToolPolicy;
import dev.pawl.worker.WorkerOptions;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The effective configuration: defaults, then variables of originals that Pawl stands in for, then
 * {@code pawl.yaml}, then {@code PAWL_*} variables, then flags. Reading it checks every value;
 * nothing is built yet.
 *
 * @param data absolute
 * @param tools absolute, beside the shipped folder
 * @param remote the server whose jobs commands work on; the data folder's where there is none
 * @param key that such a server wants; empty for none
 * @param store the file of the data folder, which keeps the jobs unless {@code postgres} does
 * @param queueDepths most unfinished jobs, by queue
 * @param fromFile whether there is a file, which then names all queues that have a cap
 * @param capabilities what a worker here has that some tools require
 * @param frontPorts by the front's name
 * @param settings every value with where it comes from
 */
public record Configuration(
        Path data,
        List<Path> tools,
        Optional<URI> remote,
        String key,
        ColorMode color,
        SqliteOptions store,
        Optional<PostgresOptions> postgres,
        WorkerOptions worker,
        Set<String> capabilities,
        ServerOptions server,
        WebhookOptions webhooks,
        Map<String, Integer> queueDepths,
        boolean fromFile,
        SitefitSettings sitefit,
        Map<String, Integer> frontPorts,
        ComputeSettings compute,
        LogSettings log,
        List<Setting> settings) {
    private static final String FILE = "pawl.yaml";
    private static final String FILE_VARIABLE = "PAWL_CONFIG";
    private static final URI NO_SERVER = URI.create("http://localhost");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s*(B|KiB|MiB|GiB)?");

    public Configuration {
        tools = List.copyOf(tools);
        queueDepths = Map.copyOf(queueDepths);
        frontPorts = Map.copyOf(frontPorts);
        settings = List.copyOf(settings);
    }

    /** When text is coloured. */
    public enum ColorMode {
        AUTO,
        ALWAYS,
        NEVER
    }

    /**
     * What comes from outside.
     *
     * @param folder relative paths are relative to it
     * @param file the flag {@code --config}; empty for {@code pawl.yaml} in {@code folder}
     * @param flags values by key, with the flag's name
     * @param fronts those that are asked for: their originals' variables count
     */
    public record Given(
            Path folder,
            Map<String, String> environment,
            String file,
            List<Setting> flags,
            Set<String> fronts) {
        public Given {
            flags = List.copyOf(flags);
            fronts = Set.copyOf(fronts);
        }
    }

    /**
     * Reads everything.
     *
     * @throws PawlException {@link ErrorCode#CONFIGURATION_INVALID} naming the key, its value and
     *     where it comes from
     */
    public static Configuration read(Given given) {
        var settings = new Settings();
        settings.setOriginals(given.environment(), given.fronts());
        Optional<Path> file = file(given);
        file.ifPresent(path -> ConfigFile.read(path, settings));
        settings.setVariables(given.environment());
        for (Setting flag : given.flags()) settings.set(flag.path(), flag.text(), flag.source());
        return new Reader(settings, given.folder(), file.isPresent()).read();
    }

    private static Optional<Path> file(Given given) {
        String named = given.file();
        if (named.isEmpty()) named = given.environment().getOrDefault(FILE_VARIABLE, "");
        if (!named.isEmpty()) return Optional.of(given.folder().resolve(named));
        Path here = given.folder().resolve(FILE);
        return Files.exists(here) ? Optional.of(here) : Optional.empty();
    }

    /** The value of a key, with where it comes from. */
    public Setting setting(Key key) {
        return settings.stream()
                .filter(each -> each.path().equals(key.path()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + key));
    }

    /** Where the jobs are, for people. */
    public String where() {
        return postgres.map(PostgresOptions::where).orElse(data.toString());
    }

    /** Hosts that nobody else reaches. */
    public static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "::1");

    /** Turns texts into values. */
    private record Reader(Settings settings, Path folder, boolean fromFile) {
        Configuration read() {
            Path data = path(settings.get(Key.DATA).text(), Key.DATA);
            return new Configuration(
                    data,
                    tools(),
                    remote(),
                    settings.get(Key.KEY).text(),
                    choice(Key.COLOR, ColorMode.class),
                    store(data),
                    postgres(),
                    worker(),
                    capabilities(),
                    server(),
                    webhooks(),
                    depths(),
                    fromFile,
                    sitefit(),
                    Map.of(
                            "tool-runner",
                            port(Key.FRONTS_TOOL_RUNNER_PORT),
                            "sitefit",
                            port(Key.FRONTS_SITEFIT_PORT)),
                    compute(),
                    log(),
                    settings.all());
        }

        private List<Path> tools() {
            var folders = new ArrayList<Path>();
            for (String one : settings.get(Key.TOOLS).text().split(":", -1))
                if (!one.isEmpty()) folders.add(path(one, Key.TOOLS));
            return folders;
        }

        private Optional<URI> remote() {
            Setting setting = settings.get(Key.REMOTE);
            if (setting.text().isEmpty()) return Optional.empty();
            try {
                var address = new URI(setting.text());
                if (List.of("http", "https").contains(address.getScheme())
                        && address.getHost() != null) return Optional.of(address);
            } catch (URISyntaxException e) {
                // Refused just below.
            }
            throw wrong(setting, "want a server's address, as http://localhost:8080");
        }

        private SqliteOptions store(Path data) {
            var options = SqliteOptions.of(data.resolve("pawl.db"));
            return new SqliteOptions(
                    options.file(),
                    choice(Key.STORE_SYNCHRONOUS, SqliteOptions.Synchronous.class),
                    duration(Key.STORE_BUSY),
                    options.readers());
        }

        private Optional<PostgresOptions> postgres() {
            Setting url = settings.get(Key.STORE_URL);
            if (url.text().isEmpty()) return Optional.empty();
            int connections = number(settings.get(Key.STORE_CONNECTIONS).text());
            try {
                return Optional.of(
                        PostgresOptions.of(url.text())
                                .withPassword(settings.get(Key.STORE_PASSWORD).text())
                                .withConnections(connections));
            } catch (IllegalArgumentException e) {
                throw wrong(url, String.valueOf(e.getMessage()));
            }
        }

        private WorkerOptions worker() {
            var options = WorkerOptions.defaults();
            if (!settings.get(Key.WORKER_SLOTS).text().equals("auto"))
                options =
                        checked(
                                Key.WORKER_SLOTS,
                                options,
                                (o, text) -> o.withCommandSlots(number(text)));
            options =
                    checked(
                            Key.WORKER_HANDLERS,
                            options,
                            (o, text) -> o.withHandlerSlots(number(text)));
            Duration heartbeat = duration(Key.WORKER_HEARTBEAT);
            Duration lease = duration(Key.WORKER_LEASE);
            options = checked(Key.WORKER_LEASE, options, (o, _) -> o.withLease(lease, heartbeat));
            Duration poll = duration(Key.WORKER_POLL);
            options = checked(Key.WORKER_POLL, options, (o, _) -> o.withPoll(poll));
            return options.withGrace(duration(Key.WORKER_GRACE), duration(Key.WORKER_STOP_GRACE))
                    .withLogBytesMax(size(Key.WORKER_LOG_MAX))
                    .withRetention(retention());
        }

        private Set<String> capabilities() {
            Setting setting = settings.get(Key.WORKER_CAN);
            var words = new LinkedHashSet<String>();
            for (String word : setting.text().split("[,\\s]+", -1)) {
                if (word.isEmpty()) continue;
                if (!word.matches(ToolPolicy.CAPABILITY))
                    throw wrong(setting, "want words of lower-case letters, digits, - _ ., as gpu");
                words.add(word);
            }
            return words;
        }

        private Retention retention() {
            var retention = Retention.FOREVER;
            for (var each :
                    Map.of(
                                    JobState.Name.SUCCEEDED, Key.RETENTION_SUCCEEDED,
                                    JobState.Name.DEAD, Key.RETENTION_DEAD,
                                    JobState.Name.CANCELLED, Key.RETENTION_CANCELLED)
                            .entrySet())
                if (!settings.get(each.getValue()).text().equals("forever"))
                    retention = retention.with(each.getKey(), retention(each.getValue()));
            return retention;
        }

        private Duration retention(Key key) {
            Setting setting = settings.get(key);
            return DurationText.parse(setting.text())
                    .orElseThrow(() -> wrong(setting, "want forever, or a time, as 12h or 30d"));
        }

        private ServerOptions server() {
            var options = ServerOptions.defaults();
            options = checked(Key.SERVER_HOST, options, (o, text) -> o.withHost(text));
            options =
                    checked(
                            Key.SERVER_ANONYMOUS,
                            options,
                            (o, text) -> o.withAnonymous(anonymous(text, o.host())));
            options = checked(Key.SERVER_PORT, options, (o, text) -> o.withPort(number(text)));
            options = options.withJwt(jwt());
            options =
                    checked(Key.SERVER_TOKEN_SECRET, options, (o, text) -> o.withTokenSecret(text));
            options =
                    checked(
                            Key.SERVER_ORIGINS,
                            options,
                            (o, text) -> o.withOrigins(Origins.parse(text)));
            Duration session = duration(Key.SERVER_SESSION);
            options = checked(Key.SERVER_SESSION, options, (o, _) -> o.withSession(session));
            long json = size(Key.SERVER_JSON_MAX);
            options = checked(Key.SERVER_JSON_MAX, options, (o, _) -> o.withJsonBytesMax(json));
            long file = size(Key.SERVER_FILE_MAX);
            return checked(Key.SERVER_FILE_MAX, options, (o, _) -> o.withFileBytesMax(file));
        }

        private WebhookOptions webhooks() {
            var options =
                    checked(
                            Key.WEBHOOKS_PRIVATE,
                            WebhookOptions.defaults(),
                            (o, text) ->
                                    switch (text) {
                                        case "true" -> o.withPrivateAllowed(true);
                                        case "false" -> o.withPrivateAllowed(false);
                                        default ->
                                                throw new IllegalArgumentException(
                                                        "want true or false");
                                    });
            Duration timeout = duration(Key.WEBHOOKS_TIMEOUT);
            return checked(Key.WEBHOOKS_TIMEOUT, options, (o, _) -> o.withTimeout(timeout));
        }

        /** Its keys check themselves one after another, so that a refusal names the one. */
        private JwtOptions jwt() {
            var none = JwtOptions.NONE;
            String secret =
                    checked(Key.SERVER_JWT_SECRET, none, (o, text) -> o.withSecret(text)).secret();
            String jwks =
                    checked(Key.SERVER_JWT_JWKS, none, (o, text) -> o.withJwks(jwks(text))).jwks();
            var claims =
                    new JwtOptions.Claims(
                            settings.get(Key.SERVER_JWT_NAME).text(),
                            settings.get(Key.SERVER_JWT_ROLE).text(),
                            settings.get(Key.SERVER_JWT_TENANT).text());
            Map<String, Role> roles =
                    checked(Key.SERVER_JWT_ROLES, Map.of(), (_, text) -> roles(text));
            Optional<Role> others =
                    checked(Key.SERVER_JWT_OTHERS, none.role(), (_, text) -> others(text));
            return new JwtOptions(
                    secret,
                    jwks,
                    settings.get(Key.SERVER_JWT_ISSUER).text(),
                    settings.get(Key.SERVER_JWT_AUDIENCE).text(),
                    claims,
                    roles,
                    others);
        }

        private String jwks(String text) {
            boolean file = !text.isEmpty() && !text.matches("https?://.*");
            return file ? path(text, Key.SERVER_JWT_JWKS).toString() : text;
        }

        private static Map<String, Role> roles(String text) {
            var roles = new TreeMap<String, Role>();
            for (String one : text.split(",", -1)) {
                if (one.isBlank()) continue;
                int equals = one.indexOf('=');
                Optional<Role> role = Role.ofWire(one.substring(equals + 1).strip());
                if (equals < 1 || role.isEmpty())
                    throw new IllegalArgumentException("want NAME=ROLE, as staff=user, ops=admin");
                roles.put(one.substring(0, equals).strip(), role.get());
            }
            return roles;
        }

        /** Never an admin: that has to be said. */
        private static Optional<Role> others(String text) {
            if (text.equals("none")) return Optional.empty();
            Optional<Role> role = Role.ofWire(text).filter(r -> r != Role.ADMIN);
            if (role.isEmpty()) throw new IllegalArgumentException("want user, viewer or none");
            return role;
        }

        private static Optional<Role> anonymous(String text, String host) {
            if (text.equals("none")) return Optional.empty();
            if (text.equals("auto"))
                return LOCAL.contains(host) ? Optional.of(Role.ADMIN) : Optional.empty();
            Optional<Role> role = Role.ofWire(text);
            if (role.isEmpty())
                throw new IllegalArgumentException("want admin, user, viewer, none or auto");
            return role;
        }

        private interface Change<T> {
            T of(T options, String text);
        }

        /** The record checks its values itself; here its refusal gets the key's name. */
        private <T> T checked(Key key, T options, Change<T> change) {
            Setting setting = settings.get(key);
            try {
                return change.of(options, setting.text());
            } catch (NumberFormatException e) {
                throw wrong(setting, "want a whole number");
            } catch (IllegalArgumentException e) {
                throw wrong(setting, String.valueOf(e.getMessage()));
            }
        }

        private Map<String, Integer> depths() {
            var depths = new TreeMap<String, Integer>();
            settings.queueDepths()
                    .forEach((queue, setting) -> {
                        int depth = 0;
                        try {
                            depth = number(setting.text());
                        } catch (NumberFormatException e) {
                            // Refused just below.
                        }
                        if (depth < 1) throw wrong(setting, "want a whole number above 0");
                        depths.put(queue, depth);
                    });
            return depths;
        }

        private int port(Key key) {
            return checked(key, ServerOptions.defaults(), (o, text) -> o.withPort(number(text)))
                    .port();
        }

        private SitefitSettings sitefit() {
            int attempts = checked(Key.SITEFIT_ATTEMPTS, 0, (_, text) -> number(text));
            if (attempts < 1)
                throw wrong(settings.get(Key.SITEFIT_ATTEMPTS), "want a whole number above 0");
            return new SitefitSettings(
                    settings.get(Key.SITEFIT_CONTRACTS).text(),
                    settings.get(Key.SITEFIT_COMPUTE).text(),
                    positive(Key.SITEFIT_TIMEOUT),
                    attempts,
                    positive(Key.SITEFIT_RESULTS_KEPT),
                    settings.get(Key.SITEFIT_LINK_SECRET).text());
        }

        private Duration positive(Key key) {
            Duration duration = duration(key);
            if (duration.isPositive()) return duration;
            throw wrong(settings.get(key), "want a time above 0, as 30s or 5m");
        }

        private ComputeSettings compute() {
            var solver = choice(Key.COMPUTE_SOLVER, ComputeSettings.Solver.class);
            // Without a server the others are only looked at.
            boolean named = !settings.get(Key.COMPUTE_URL).text().isEmpty();
            RhinoOptions rhino = RhinoOptions.of(NO_SERVER);
            if (named)
                rhino =
                        checked(
                                Key.COMPUTE_URL,
                                rhino,
                                (_, text) -> RhinoOptions.of(URI.create(text)));
            rhino = checked(Key.COMPUTE_KEY, rhino, RhinoOptions::withKey);
            rhino = checked(Key.COMPUTE_DEFINITIONS, rhino, RhinoOptions::withDefinitions);
            Duration timeout = duration(Key.COMPUTE_TIMEOUT);
            rhino = checked(Key.COMPUTE_TIMEOUT, rhino, (o, _) -> o.withTimeout(timeout));
            return new ComputeSettings(solver, named ? Optional.of(rhino) : Optional.empty());
        }

        private LogSettings log() {
            return new LogSettings(
                    choice(Key.LOG_FORMAT, LogSettings.Format.class),
                    choice(Key.LOG_LEVEL, LogSettings.Level.class));
        }

        private Path path(String text, Key key) {
            try {
                return folder.resolve(text).toAbsolutePath().normalize();
            } catch (InvalidPathException e) {
                throw wrong(settings.get(key), "want a path");
            }
        }

        private Duration duration(Key key) {
            Setting setting = settings.get(key);
            return DurationText.parse(setting.text())
                    .orElseThrow(() -> wrong(setting, "want a time, as 500ms, 30s or 1h30m"));
        }

        private long size(Key key) {
            Setting setting = settings.get(key);
            Matcher size = SIZE.matcher(setting.text().strip());
            if (!size.matches()) throw wrong(setting, "want a size, as 512KiB or 5MiB");
            long number = Long.parseLong(size.group(1));
            String unit = size.group(2);
            if (unit == null) return number;
            return switch (unit) {
                case "KiB" -> number << 10;
                case "MiB" -> number << 20;
                case "GiB" -> number << 30;
                default -> number;
            };
        }

        private <E extends Enum<E>> E choice(Key key, Class<E> type) {
            Setting setting = settings.get(key);
            var names = new ArrayList<String>();
            for (E value : type.getEnumConstants()) {
                String name = value.name().toLowerCase(Locale.ROOT);
                if (name.equals(setting.text())) return value;
                names.add(name);
            }
            throw wrong(setting, "want one of " + String.join(", ", names));
        }

        private static int number(String text) {
            return Integer.parseInt(text.strip());
        }

        private static PawlException wrong(Setting setting, String wanted) {
            return new PawlException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "%s is \"%s\" (%s); %s"
                            .formatted(setting.path(), setting.shown(), setting.source(), wanted));
        }
    }
}
