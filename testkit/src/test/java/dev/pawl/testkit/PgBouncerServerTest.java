package dev.pawl.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.testkit.PgBouncerServer.Mode;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients see who come through PgBouncer. */
@Tag("process")
@Timeout(120)
final class PgBouncerServerTest {
    private final PostgresServer behind = PostgresServer.shared();
    private final String url = behind.freshDatabase();

    @AfterEach
    void drop() {
        behind.drop(url);
    }

    @Test
    void clientsShareConnectionsBetweenTransactions() throws Exception {
        try (var bouncer = PgBouncerServer.start(behind, Mode.TRANSACTION)) {
            List<Connection> clients = new ArrayList<>();
            Set<String> sessions = new HashSet<>();
            for (int i = 0; i < 5; i++) clients.add(connect(bouncer));

            for (Connection client : clients) {
                sessions.add(ask(client, "SELECT pg_backend_pid()"));
                sessions.add(ask(client, "SELECT pg_backend_pid()"));
            }

            assertThat(sessions).hasSizeBetween(1, 2);
            for (Connection client : clients) client.close();
        }
    }

    @Test
    void aTransactionKeepsItsConnection() throws Exception {
        try (var bouncer = PgBouncerServer.start(behind, Mode.TRANSACTION);
                var one = connect(bouncer);
                var other = connect(bouncer)) {
            one.setAutoCommit(false);
            String session = ask(one, "SELECT pg_backend_pid()");

            assertThat(ask(other, "SELECT pg_backend_pid()")).isNotEqualTo(session);
            assertThat(ask(one, "SELECT pg_backend_pid()")).isEqualTo(session);
            one.rollback();
        }
    }

    @Test
    void statementModeRefusesTransactions() throws Exception {
        try (var bouncer = PgBouncerServer.start(behind, Mode.STATEMENT);
                var client = connect(bouncer)) {
            assertThat(ask(client, "SELECT 1")).isEqualTo("1");
            client.setAutoCommit(false);
            assertThatThrownBy(() -> ask(client, "SELECT 1"))
                    .hasMessageContaining("statement pooling");
        }
    }

    @Test
    void closingItEndsTheConnections() throws Exception {
        var bouncer = PgBouncerServer.start(behind, Mode.TRANSACTION);
        try (var client = connect(bouncer)) {
            bouncer.close();

            assertThatThrownBy(() -> ask(client, "SELECT 1")).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> connect(bouncer)).isInstanceOf(SQLException.class);
        }
    }

    private Connection connect(PgBouncerServer bouncer) throws SQLException {
        return DriverManager.getConnection(bouncer.url(url) + "&prepareThreshold=0");
    }

    private static String ask(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
