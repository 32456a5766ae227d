package dev.pawl.app.cli;

import dev.pawl.app.config.Durations;
import dev.pawl.core.ApiKey;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code pawl keys list}. */
public final class KeysList implements Command {
    @Override
    public String name() {
        return "keys list";
    }

    @Override
    public String summary() {
        return "Lists the keys of callers; the keys themselves are not kept.";
    }

    @Override
    public ExitCode run(Call call) {
        Screen screen = call.screen();
        Instant now = call.outside().time().instant();
        List<ApiKey> keys;
        try (Opened opened = opened(call, name())) {
            keys = opened.keys().all();
        }
        if (screen.json()) {
            for (ApiKey key : keys) screen.json(shown(key, now));
            return ExitCode.SUCCEEDED;
        }
        var table = new Table("KEY", "NAME", "ROLE", "TENANT", "STATUS", "USED");
        for (ApiKey key : keys)
            table.add(
                    Table.Cell.of(key.id(), screen.style()::strong),
                    Table.Cell.of(key.name()),
                    Table.Cell.of(key.role().wire()),
                    Table.Cell.of(key.tenant().isEmpty() ? "(all)" : key.tenant()),
                    Table.Cell.of(
                            status(key, now),
                            key.holds(now) ? screen.style()::good : screen.style()::faint),
                    Table.Cell.of(used(key, now, screen), screen.style()::faint));
        if (table.isEmpty() && screen.terminal().out()) screen.note("there is no key");
        else table.print(screen);
        return ExitCode.SUCCEEDED;
    }

    private static String used(ApiKey key, Instant now, Screen screen) {
        return key.usedAt()
                .map(at ->
                        screen.terminal().out()
                                ? Durations.rough(Duration.between(at, now)) + " ago"
                                : at.toString())
                .orElse("never");
    }

    private static String status(ApiKey key, Instant now) {
        if (key.revokedAt().isPresent()) return "revoked";
        return key.holds(now) ? "good" : "expired";
    }

    /** A key as JSON shows it. */
    static Map<String, Object> shown(ApiKey key, Instant now) {
        var object = new LinkedHashMap<String, Object>();
        object.put("id", key.id());
        object.put("name", key.name());
        object.put("role", key.role().wire());
        if (!key.tenant().isEmpty()) object.put("tenant", key.tenant());
        object.put("status", status(key, now));
        object.put("created_at", key.createdAt().toString());
        if (!key.expiresAt().equals(Instant.MAX))
            object.put("expires_at", key.expiresAt().toString());
        key.revokedAt().ifPresent(at -> object.put("revoked_at", at.toString()));
        key.usedAt().ifPresent(at -> object.put("used_at", at.toString()));
        return object;
    }

    /** The data folder, where keys are kept: no server hands them out. */
    static Opened opened(Call call, String command) {
        requireFolder(call, command);
        return call.open();
    }

    /** Refuses to work on a server's jobs. */
    static void requireFolder(Call call, String command) {
        if (call.configuration().remote().isPresent())
            throw new PawlException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "%s works on a data folder, not on a server; run it where the server's is, without --server"
                            .formatted(command));
    }
}
