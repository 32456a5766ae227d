package dev.pawl.core;

import java.time.Instant;
import java.util.List;

/**
 * A limit as a store sees it at one moment.
 *
 * @param name by which the store knows it, as {@code tool:plantuml@1}, {@code tool:plantuml@1 per
 *     site.id}, {@code queue:mail}, or of one key {@code tool:plantuml@1 per site.id=7}
 * @param max how many attempts may run at once; {@link Integer#MAX_VALUE} for no limit
 * @param rate how many may start
 * @param started how many have started that count under the rate; 0 without one
 * @param waiting how many due jobs are in its lines, counted up to {@link #WAITING_MAX} a line
 * @param holders who takes its places: attempts that run or are being stopped; the oldest first
 */
public record LimitEntry(
        String name, int max, Rate rate, int started, int waiting, List<Holder> holders) {
    public static final int WAITING_MAX = 10_000;

    /**
     * Keys of one line that are looked at because their jobs wait, beside those that hold places.
     */
    public static final int KEYS_MAX = 100;

    /**
     * An attempt that takes a place.
     *
     * @param stopping whether its job was cancelled, and its handler not yet seen to stop
     */
    public record Holder(JobId job, int attempt, String worker, Instant since, boolean stopping) {}

    public LimitEntry {
        holders = List.copyOf(holders);
    }

    /**
     * What people call it: of a tool's own limit the tool's name, whether its jobs have keys or
     * not. A tool that had other keys before may have two of one name.
     */
    public String shown() {
        return Limit.shown(name);
    }

    /** Whether nothing more may start under it now. */
    public boolean full() {
        return holders.size() >= max || started >= rate.max();
    }
}
