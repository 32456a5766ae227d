package dev.pawl.store.sqlite;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.testkit.FakeTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** Two processes that come to a fresh file at the same moment. */
final class SqliteSchemaTest {
    @TempDir Path folder;
    private final FakeTime time = FakeTime.advancing();

    @Test
    void aFreshFileThatAnotherMigratesBetweenTwoQueriesIsNotTakenForAnotherPrograms()
            throws SQLException {
        for (int before = 1; before <= 3; before++) {
            Path file = folder.resolve("fresh-%d.db".formatted(before));
            var queries = new AtomicInteger();
            int at = before;
            Runnable other =
                    () -> {
                        if (queries.incrementAndGet() == at && !migrating(file))
                            SqliteStore.open(SqliteOptions.of(file), time).close();
                    };
            var source = new SQLiteDataSource();
            source.setUrl("jdbc:sqlite:" + file);

            SqliteSchema.migrate(told(DataSource.class, source, other), file, time);

            try (var store = SqliteStore.open(SqliteOptions.of(file), time)) {
                assertThat(store.violations()).isEmpty();
            }
        }
    }

    /** Whether the one under test holds the lock: another process would wait. */
    private static boolean migrating(Path file) {
        Path lock = file.resolveSibling(file.getFileName() + ".migrate");
        try (var channel = FileChannel.open(lock, CREATE, WRITE);
                var mine = channel.tryLock()) {
            return mine == null;
        } catch (OverlappingFileLockException held) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tells before each query, whatever connection it is on. */
    private static <T> T told(Class<T> type, Object real, Runnable before) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, arguments) -> call(real, method, arguments, before)));
    }

    private static Object call(Object real, Method method, Object[] arguments, Runnable before)
            throws Throwable {
        if (method.getName().equals("executeQuery")) before.run();
        try {
            Object answer = method.invoke(real, arguments);
            if (method.getName().equals("getConnection"))
                return told(Connection.class, answer, before);
            if (method.getName().equals("createStatement"))
                return told(Statement.class, answer, before);
            return answer;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
