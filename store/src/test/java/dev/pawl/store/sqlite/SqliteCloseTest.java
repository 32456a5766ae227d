package dev.pawl.store.sqlite;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.PawlException;
import dev.pawl.testkit.FakeTime;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class SqliteCloseTest {
    @TempDir Path folder;

    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aClosedStoreRefusesReadsAndWritesAndMayBeClosedAgain() {
        var store =
                SqliteStore.open(SqliteOptions.of(folder.resolve("p.db")), FakeTime.advancing());
        store.close();
        store.close();

        assertThatThrownBy(store::leases)
                .isInstanceOf(PawlException.class)
                .hasMessage("the store is closed");
        assertThatThrownBy(() -> store.promote(1)).isInstanceOf(PawlException.class);
    }
}
