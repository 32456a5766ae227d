package dev.pawl.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.StorePool;
import dev.pawl.testkit.FakeTime;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqlitePoolTest {
    @TempDir Path folder;

    @Test
    void anIdleStoreHasAllItsConnectionsAndNothingWaits() {
        var options = SqliteOptions.of(folder.resolve("p.db"));
        try (var store = SqliteStore.open(options, FakeTime.advancing())) {
            assertThat(store.pool()).contains(new StorePool(options.readers(), 0, 0));
        }
    }
}
