package dev.pawl.e2e.planted.core;

import java.sql.Connection;
import java.sql.SQLException;

record Transactions(Connection fault) {
    void commit() throws SQLException {
        fault.commit();
    }
}
