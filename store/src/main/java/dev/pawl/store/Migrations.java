package dev.pawl.store;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.store.SchemaPlan.Migration;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;

/**
 * The numbered files that make and change a database's tables. Flyway runs them and remembers which
 * it ran; it takes a third of a second to look, so it is asked only when there is something to do.
 */
public final class Migrations {
    /** What Flyway says when somebody else has its lock. */
    private static final String LOCKED = "acquire PostgreSQL advisory lock";

    private final String database;
    private final String folder;
    private final Flyway flyway;

    /**
     * @param database where it is, for people
     * @param folder of the files, in the class path
     * @param schemas where the tables are; empty for the database's own
     */
    public Migrations(DataSource source, String database, String folder, String... schemas) {
        this.database = database;
        this.folder = folder;
        this.flyway =
                Flyway.configure()
                        .loggers("slf4j")
                        .dataSource(source)
                        .schemas(schemas)
                        .locations("classpath:" + folder)
                        .lockRetryCount(0)
                        .callbacks(
                                schemas.length == 0
                                        ? new Callback[0]
                                        : new Callback[] {new Quiet()})
                        .load();
    }

    /**
     * PostgreSQL says of each IF NOT EXISTS that it was so, which Flyway tells as a warning. In the
     * migration's own transaction, so that a pooler's other clients have their notices.
     */
    private static final class Quiet implements Callback {
        @Override
        public boolean supports(Event event, Context context) {
            return event == Event.BEFORE_EACH_MIGRATE;
        }

        @Override
        public boolean canHandleInTransaction(Event event, Context context) {
            return true;
        }

        @Override
        public void handle(Event event, Context context) {
            try (Statement statement = context.getConnection().createStatement()) {
                statement.execute("SET LOCAL client_min_messages = warning");
            } catch (SQLException e) {
                throw new FlywayException(e.getMessage(), e);
            }
        }

        @Override
        public String getCallbackName() {
            return "quiet";
        }
    }

    /** Those that have not run, in their order. Changes nothing. */
    public List<Migration> pending() throws SQLException {
        try {
            return Stream.of(flyway.info().pending()).map(this::read).toList();
        } catch (FlywayException e) {
            throw cause(e);
        }
    }

    /**
     * Runs them, each in a transaction of its own. Answers false, after a second, when another
     * program is about to run them: it has no connection here meanwhile, so that even a pooler with
     * few lets the other one end.
     */
    public boolean run() throws SQLException {
        try {
            var _ = flyway.migrate();
            return true;
        } catch (FlywayException e) {
            if (String.valueOf(e.getMessage()).contains(LOCKED)) return false;
            throw cause(e);
        }
    }

    private Migration read(MigrationInfo info) {
        String script = "/" + folder + "/" + info.getScript();
        try (InputStream file = Migrations.class.getResourceAsStream(script)) {
            if (file == null) throw new IllegalStateException("no " + script);
            return new Migration(
                    Integer.parseInt(info.getVersion().getVersion()),
                    info.getDescription(),
                    new String(file.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the database said; what is Flyway's own word is about files that differ. */
    private SQLException cause(FlywayException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause())
            if (cause instanceof SQLException sql) return sql;
        throw new PawlException(
                ErrorCode.STORE_CORRUPT,
                "database %s was made by files that this program's differ from (%s); use the pawl that made it"
                        .formatted(
                                database, String.valueOf(e.getMessage()).replaceAll("\\s+", " ")),
                e);
    }
}
