package dev.pawl.testkit;

import dev.pawl.core.Time;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/** The clock that Pawl asks in a test's database: it stands still until somebody sets it. */
public final class PostgresClock {
    private final String url;

    /** What it was last set to by this program. */
    private final AtomicReference<Instant> shown = new AtomicReference<>(Instant.MIN);

    /**
     * @param url of a database in which it is {@linkplain #install installed}
     */
    public PostgresClock(String url) {
        this.url = url;
    }

    /** Puts it in the place of the database's own; Pawl's tables are there already. */
    public static void install(String url) {
        PostgresServer.execute(
                url,
                """
                CREATE TABLE test_clock (ms bigint);
                INSERT INTO test_clock VALUES (0);
                CREATE OR REPLACE FUNCTION pawl.now_ms() RETURNS bigint LANGUAGE sql VOLATILE
                    AS 'SELECT ms FROM public.test_clock'
                """);
    }

    /**
     * The same port; before each call to it the clock is set to {@code time}. Ports that follow
     * other times on the same database are made by the same object.
     */
    public <T> T following(Class<T> port, T behind, Time time) {
        return port.cast(
                Proxy.newProxyInstance(
                        port.getClassLoader(),
                        new Class<?>[] {port},
                        (_, method, arguments) -> {
                            Instant now = time.instant();
                            if (!shown.getAndSet(now).equals(now)) set(now);
                            try {
                                return method.invoke(behind, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        }));
    }

    private void set(Instant now) {
        PostgresServer.execute(url, "UPDATE test_clock SET ms = " + now.toEpochMilli());
    }
}
