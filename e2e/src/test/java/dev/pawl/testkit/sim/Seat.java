package dev.pawl.testkit.sim;

import dev.pawl.core.ToolId;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where one process runs at a time: its machine's clocks, and what it serves at each start. */
final class Seat {
    final String name;
    final String host;
    final SimTime time;

    /** Empty for a process that only submits and cancels. */
    final Set<ToolId> serves;

    @Nullable SimProcess process;
    boolean paused;
    int lives;

    Seat(String name, String host, SimTime time, Set<ToolId> serves) {
        this.name = name;
        this.host = host;
        this.time = time;
        this.serves = serves;
    }

    boolean works() {
        return !serves.isEmpty();
    }
}
