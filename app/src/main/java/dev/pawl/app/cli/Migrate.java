package dev.pawl.app.cli;

import dev.pawl.store.SchemaPlan;
import dev.pawl.store.SchemaPlan.Migration;
import dev.pawl.store.postgres.PostgresStore;
import dev.pawl.store.sqlite.SqliteStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code pawl migrate}. Whatever opens a database migrates it where that is needed; this says what
 * that is, before or while it is done.
 */
public final class Migrate implements Command {
    private static final Flag<Boolean> DRY_RUN =
            Flag.on("--dry-run", "Says what would be run, and changes nothing.");
    private static final Flag<Boolean> SHOW_SQL =
            Flag.on("--show-sql", "Prints the statements of each migration.");

    @Override
    public String name() {
        return "migrate";
    }

    @Override
    public String summary() {
        return "Brings the database to this program's schema.";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(DRY_RUN, SHOW_SQL);
    }

    @Override
    public ExitCode run(Call call) {
        KeysList.requireFolder(call, name());
        call.wiring().startLog(call.configuration(), false);
        var configuration = call.configuration();
        SchemaPlan plan =
                configuration
                        .postgres()
                        .map(PostgresStore::plan)
                        .orElseGet(() -> SqliteStore.plan(configuration.store()));
        boolean dry = call.has(DRY_RUN);
        if (!dry && !plan.migrations().isEmpty()) call.open().close();
        if (call.screen().json()) json(call, plan, dry);
        else lines(call, plan, dry);
        return ExitCode.SUCCEEDED;
    }

    private static void lines(Call call, SchemaPlan plan, boolean dry) {
        Screen screen = call.screen();
        screen.line(
                "database %s has schema %s; this program's is %d"
                        .formatted(
                                plan.database(),
                                plan.found() == 0 ? "none" : plan.found(),
                                plan.wanted()));
        for (Migration migration : plan.migrations()) {
            screen.line(
                    "%s %d %s"
                            .formatted(
                                    dry ? "would run" : "ran",
                                    migration.version(),
                                    migration.name()));
            if (call.has(SHOW_SQL)) screen.line(migration.sql());
        }
        if (plan.migrations().isEmpty()) screen.line("nothing is to be done");
    }

    private static void json(Call call, SchemaPlan plan, boolean dry) {
        var object = new LinkedHashMap<String, Object>();
        object.put("database", plan.database());
        object.put("found", plan.found());
        object.put("wanted", plan.wanted());
        object.put("dry_run", dry);
        object.put(
                "migrations",
                plan.migrations().stream().map(one -> shown(one, call.has(SHOW_SQL))).toList());
        call.screen().json(object);
    }

    private static Map<String, Object> shown(Migration migration, boolean sql) {
        var object = new LinkedHashMap<String, Object>();
        object.put("version", migration.version());
        object.put("name", migration.name());
        if (sql) object.put("sql", migration.sql());
        return object;
    }
}
