package dev.pawl.testkit.sim;

import dev.pawl.core.Store;
import dev.pawl.core.Time;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** The database of one run, as the processes see it, and as the judge does. */
interface Ground {
    /** A process's own way to it. */
    interface Access extends AutoCloseable {
        Store store();

        /** What the store's own queries find. */
        List<String> violations();

        @Override
        void close();
    }

    /**
     * Opens it as a process that starts.
     *
     * @param time the process's; what the store takes for the time while that process calls
     * @param wire what its statements go through
     */
    Access open(Time time, Wire wire);

    /** The judge's own connection. */
    Connection look() throws SQLException;

    /** A number that is another one after each commit. */
    String version();

    /** What {@link Picture} reads, in this database's words. */
    String picture(String sqlite);

    /** Makes what the store writes only later be seen by the judge. */
    default void settle() {}

    void bind(PreparedStatement statement, UUID id) throws SQLException;
}
