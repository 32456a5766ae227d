package dev.pawl.app.cli;

import dev.pawl.app.config.Key;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.store.copy.StoreCopy;
import dev.pawl.store.copy.StoreCopy.Compared;
import dev.pawl.store.copy.StoreCopy.Done;
import dev.pawl.store.postgres.PostgresOptions;
import dev.pawl.store.sqlite.SqliteOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code pawl store copy}: from a data folder's SQLite file to PostgreSQL, while it serves. */
public final class CopyStore implements Command {
    private static final Flag<String> FROM =
            Flag.text("--from", "DIR", "The data folder whose jobs move (default: --data).");
    private static final Flag<String> TO =
            Flag.text(
                    "--to",
                    "URL",
                    "The empty database they move to (default: --store), as"
                            + " postgres://USER@HOST/DATABASE.");
    private static final Flag<Boolean> ABANDON =
            Flag.on("--abandon", "Ends a copy that is under way; the data folder serves on.");

    @Override
    public String name() {
        return "store copy";
    }

    @Override
    public String summary() {
        return "Moves a data folder's jobs to PostgreSQL while it serves, but for a last pause.";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(FROM, TO, ABANDON);
    }

    @Override
    public List<String> footer() {
        return List.of(
                "",
                "It may be killed and run again: it goes on. In the pause of at most 5 s claims"
                        + " rest, running",
                "jobs may end, and the last changes are copied. From then on the data folder's file"
                        + " refuses",
                "writes and names the database. Artifacts stay in the data folder.");
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        KeysList.requireFolder(call, name());
        call.wiring().startLog(call.configuration(), false);
        SqliteOptions from = from(call);
        var time = call.outside().time();
        Screen screen = call.screen();
        if (call.has(ABANDON)) {
            StoreCopy.abandon(from, time);
            screen.note("pawl: no copy of %s is under way any more".formatted(from.file()));
            return ExitCode.SUCCEEDED;
        }
        PostgresOptions to = to(call);
        Optional<Done> done = StoreCopy.run(from, to, time, step -> screen.note("pawl: " + step));
        if (screen.json()) json(screen, from, to, done);
        else lines(screen, from, to, done);
        return ExitCode.SUCCEEDED;
    }

    private static SqliteOptions from(Call call) {
        SqliteOptions configured = call.configuration().store();
        Path folder =
                call.get(FROM)
                        .map(text -> call.outside().folder().resolve(text))
                        .orElse(call.configuration().data());
        Path file = folder.resolve(configured.file().getFileName());
        if (Files.exists(file))
            return new SqliteOptions(
                    file, configured.synchronous(), configured.busy(), configured.readers());
        throw new PawlException(
                ErrorCode.INPUT_INVALID,
                "%s is not there; --from wants a data folder with a SQLite file".formatted(file));
    }

    private static PostgresOptions to(Call call) {
        Optional<String> url = call.get(TO);
        if (url.isEmpty())
            return call.configuration()
                    .postgres()
                    .orElseThrow(() ->
                            new PawlException(
                                    ErrorCode.INPUT_INVALID,
                                    "no database is named; want --to"
                                            + " postgres://USER@HOST/DATABASE"));
        try {
            String password = call.configuration().setting(Key.STORE_PASSWORD).text();
            return PostgresOptions.of(url.get()).withPassword(password);
        } catch (IllegalArgumentException e) {
            throw new PawlException(ErrorCode.INPUT_INVALID, "--to: " + e.getMessage(), e);
        }
    }

    private static void lines(
            Screen screen, SqliteOptions from, PostgresOptions to, Optional<Done> done) {
        if (done.isEmpty()) {
            screen.line("%s had moved to %s before".formatted(from.file(), to.where()));
            return;
        }
        for (Compared table : done.get().tables())
            if (table.rows() > 0)
                screen.line("%s\t%d\t%s".formatted(table.table(), table.rows(), table.hash()));
        screen.line(
                "%s has moved to %s; the pause took %d ms%s"
                        .formatted(
                                from.file(),
                                to.where(),
                                done.get().pause().toMillis(),
                                done.get().drained()
                                        ? ""
                                        : "; attempts that still ran go on there when their leases"
                                                + " are over"));
    }

    private static void json(
            Screen screen, SqliteOptions from, PostgresOptions to, Optional<Done> done) {
        var object = new LinkedHashMap<String, Object>();
        object.put("from", from.file().toString());
        object.put("to", to.where());
        object.put("moved_before", done.isEmpty());
        done.ifPresent(copy -> {
            object.put("pause_ms", copy.pause().toMillis());
            object.put("drained", copy.drained());
            object.put("tables", copy.tables().stream().map(CopyStore::shown).toList());
        });
        screen.json(object);
    }

    private static Map<String, Object> shown(Compared table) {
        var object = new LinkedHashMap<String, Object>();
        object.put("table", table.table());
        object.put("rows", table.rows());
        object.put("hash", table.hash());
        return object;
    }
}
