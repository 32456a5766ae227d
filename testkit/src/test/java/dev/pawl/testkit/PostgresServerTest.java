package dev.pawl.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The servers that other tests stand on. */
@Tag("process")
@Timeout(120)
final class PostgresServerTest {
    @ParameterizedTest
    @EnumSource
    void eachVersionServesEmptyDatabases(PostgresVersion version) throws Exception {
        var server = PostgresServer.shared(version);

        String one = server.freshDatabase();
        String other = server.freshDatabase();

        assertThat(one).isNotEqualTo(other).startsWith("jdbc:postgresql://127.0.0.1:");
        assertThat(ask(one, "SHOW server_version_num"))
                .startsWith(Integer.toString(version.major()));
        assertThat(ask(one, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
                .isEqualTo("0");
        server.drop(one);
        assertThatThrownBy(() -> ask(one, "SELECT 1")).hasMessageContaining("does not exist");
        assertThat(ask(other, "SELECT 1")).isEqualTo("1");
        server.drop(other);
    }

    @Test
    void aCopyHasTheRowsOfItsModel() throws Exception {
        var server = PostgresServer.shared();
        String model = server.freshDatabase();
        run(model, "CREATE TABLE t AS SELECT 7 AS n");

        String copy = server.copyOf(model);

        assertThat(ask(copy, "SELECT n FROM t")).isEqualTo("7");
        server.drop(model);
        server.drop(copy);
    }

    @Test
    void aRoleMayNeedItsPassword() throws Exception {
        var server = PostgresServer.shared();
        String url = server.freshDatabase();
        run(url, "CREATE ROLE passworded");
        run(url, "CREATE ROLE ann LOGIN PASSWORD 'right' IN ROLE passworded");
        String ann = url.replace("user=postgres", "user=ann&password=");

        assertThat(ask(ann + "right", "SELECT current_user")).isEqualTo("ann");
        assertThatThrownBy(() -> ask(ann + "wrong", "SELECT 1"))
                .hasMessageContaining("password authentication failed");
        run(url, "DROP ROLE ann");
        run(url, "DROP ROLE passworded");
        server.drop(url);
    }

    @ParameterizedTest
    @EnumSource
    void whatADurableServerAnsweredIsThereAfterAKill(PostgresVersion version) throws Exception {
        var options = PostgresOptions.defaults().withVersion(version).withDurable();
        try (var server = PostgresServer.start(options)) {
            String url = server.freshDatabase();
            run(url, "CREATE TABLE t (n int)");
            try (var connection = DriverManager.getConnection(url)) {
                run(connection, "INSERT INTO t VALUES (1)");
                List<ProcessHandle> all =
                        ProcessHandle.of(server.pid()).orElseThrow().descendants().toList();

                server.kill();

                assertThat(all).isNotEmpty().noneMatch(ProcessHandle::isAlive);
                assertThatThrownBy(() -> run(connection, "INSERT INTO t VALUES (2)"))
                        .isInstanceOf(SQLException.class);
            }
            int port = server.port();
            server.restart();

            assertThat(server.port()).isEqualTo(port);
            assertThat(ask(url, "SELECT sum(n) FROM t")).isEqualTo("1");
            assertThat(ask(url, "SHOW fsync")).isEqualTo("on");
            assertThat(ask(url, "SHOW synchronous_commit")).isEqualTo("on");
        }
    }

    @Test
    void aRestartWithoutAKillStopsItInOrder() throws Exception {
        try (var server = PostgresServer.start(PostgresOptions.defaults())) {
            String url = server.freshDatabase();
            run(url, "CREATE TABLE t AS SELECT 7 AS n");

            server.restart();

            assertThat(server.said()).contains("database system was shut down");
            assertThat(ask(url, "SELECT n FROM t")).isEqualTo("7");
        }
    }

    @Test
    void settingsAreTaken() throws Exception {
        var options = PostgresOptions.defaults().withSetting("work_mem", "7MB");
        try (var server = PostgresServer.start(options)) {
            assertThat(ask(server.url(), "SHOW work_mem")).isEqualTo("7MB");
            assertThat(ask(server.url(), "SHOW fsync")).isEqualTo("off");
        }
    }

    @Test
    void aWrongSettingIsToldAndLeavesNothingBehind() {
        var options = PostgresOptions.defaults().withSetting("work_mem", "much");
        assertThatThrownBy(() -> PostgresServer.start(options))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("did not start")
                .hasMessageContaining("work_mem");
    }

    @Test
    void closingEndsAllProcessesAndRemovesTheData() throws Exception {
        var server = PostgresServer.start(PostgresOptions.defaults());
        Path data = Path.of(ask(server.url(), "SHOW data_directory"));
        var postmaster = ProcessHandle.of(server.pid()).orElseThrow();
        List<ProcessHandle> all = postmaster.descendants().toList();

        server.close();

        assertThat(postmaster.isAlive()).isFalse();
        assertThat(all).isNotEmpty().noneMatch(ProcessHandle::isAlive);
        assertThat(Files.exists(data.getParent())).isFalse();
    }

    private static String ask(String url, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static void run(String url, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(url)) {
            run(connection, sql);
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
