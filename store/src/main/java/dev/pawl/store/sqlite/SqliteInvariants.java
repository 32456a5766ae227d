package dev.pawl.store.sqlite;

import dev.pawl.store.Db;
import dev.pawl.store.Rows;
import dev.pawl.store.StoreInvariants;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * What must always hold in a file: that it is whole, and {@link StoreInvariants}. Tests and a
 * person who doubts ask.
 */
public final class SqliteInvariants {
    private static final String INTEGRITY = "PRAGMA quick_check(5)";

    private SqliteInvariants() {}

    /**
     * What is wrong with a database that may be in use, a sentence each; empty when all is well.
     * Changes nothing, migrates nothing.
     *
     * @throws dev.pawl.core.PawlException when the file can't be read at all
     */
    public static List<String> faults(SqliteOptions options) {
        var config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout((int) options.busy().toMillis());
        var source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + options.file());
        try (var db = new Db(source.getConnection(), SqliteSql.DIALECT)) {
            return in(db, false);
        } catch (SQLException e) {
            throw SqliteErrors.of(e, options.file());
        }
    }

    /** All of it on an open connection, in one snapshot: others may be writing. */
    static List<String> in(Db db) throws SQLException {
        return in(db, true);
    }

    private static List<String> in(Db db, boolean unchanged) throws SQLException {
        var faults = new ArrayList<String>();
        db.beginRead();
        try {
            try (Rows rows = db.stmt(INTEGRITY).query()) {
                while (rows.next())
                    if (!rows.text(1).equals("ok"))
                        faults.add("the file is damaged: " + rows.text(1));
            }
            faults.addAll(StoreInvariants.faults(db, unchanged));
        } finally {
            db.commit();
        }
        return faults;
    }
}
