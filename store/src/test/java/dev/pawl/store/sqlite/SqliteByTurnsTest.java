package dev.pawl.store.sqlite;

import dev.pawl.core.Store;
import dev.pawl.core.Time;
import dev.pawl.testkit.ClaimContract;
import dev.pawl.testkit.CountsContract;
import dev.pawl.testkit.DueFlightContract;
import dev.pawl.testkit.FlightContract;
import dev.pawl.testkit.SubmitContract;
import dev.pawl.testkit.SubmitManyContract;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract again where one process could remember what another has changed, random calls
 * against the memory store among it: two stores on one file take turns with every call.
 */
final class SqliteByTurnsTest
        implements SubmitContract,
                SubmitManyContract,
                ClaimContract,
                FlightContract,
                DueFlightContract,
                CountsContract {
    @TempDir Path folder;

    @Override
    public Store open(Time time) {
        EmptyFile.in(folder);
        return reopen(time);
    }

    @Override
    public Store reopen(Time time) {
        return byTurns(
                SqliteStore.open(file().options(), time), SqliteStore.open(file().options(), time));
    }

    @Override
    public List<String> violations() {
        return file().violations();
    }

    private EmptyFile file() {
        return new EmptyFile(folder.resolve("pawl.db"));
    }

    private static Store byTurns(Store first, Store second) {
        var calls = new AtomicInteger();
        return (Store)
                Proxy.newProxyInstance(
                        Store.class.getClassLoader(),
                        new Class<?>[] {Store.class},
                        (_, method, arguments) -> {
                            try {
                                if (method.getName().equals("close")) second.close();
                                boolean even = calls.incrementAndGet() % 2 == 0;
                                boolean one = even || method.getName().equals("close");
                                return method.invoke(one ? first : second, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }
}
