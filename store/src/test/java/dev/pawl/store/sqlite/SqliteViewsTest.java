package dev.pawl.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Store;
import dev.pawl.store.ViewsCases;
import dev.pawl.testkit.FakeTime;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqliteViewsTest extends ViewsCases {
    @TempDir Path folder;

    @Override
    protected Store open(FakeTime time) {
        return SqliteStore.open(SqliteOptions.of(folder.resolve("pawl.db")), time);
    }

    @Override
    protected String url() {
        return "jdbc:sqlite:" + folder.resolve("pawl.db");
    }

    @Override
    protected String named(String sql) {
        return sql;
    }

    /** A library older than 3.44 calls the whole file malformed over one such view. */
    @Test
    void noViewIsInWordsThatOlderLibrariesDoNotKnow() throws SQLException {
        assertThat(rows("select name, sql from sqlite_master where type = 'view'"))
                .hasSizeGreaterThan(7)
                .extracting(row -> row.getOrDefault("sql", "").replaceAll("\\s+", " "))
                .noneMatch(sql -> sql.matches("(?i).*group_\\w+\\([^()]*(\\(\\d+\\))? ORDER BY.*"));
    }
}
