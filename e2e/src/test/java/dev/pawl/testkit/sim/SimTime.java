package dev.pawl.testkit.sim;

import dev.pawl.core.Time;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * One process's clocks: they drift from the world's time, the wall clock jumps, and while the
 * machine is suspended only the wall clock goes on.
 */
final class SimTime implements Time {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final World world;
    private final double rate;
    private long wallNanos;
    private long monotonicNanos;

    SimTime(World world, double rate, long monotonicNanos) {
        this.world = world;
        this.rate = rate;
        this.monotonicNanos = monotonicNanos;
    }

    @Override
    public Instant instant() {
        return START.plusNanos(passed() + wallNanos).truncatedTo(ChronoUnit.MILLIS);
    }

    @Override
    public long nanos() {
        return passed() + monotonicNanos;
    }

    @Override
    public void sleep(Duration duration) {
        world.advance(duration);
    }

    void jump(Duration by) {
        wallNanos += by.toNanos();
    }

    /** The wall clock went on for that long, and the monotonic one stood still. */
    void suspended(Duration during) {
        wallNanos += during.toNanos();
    }

    /** Sets the wall clock right, ahead of every other. */
    void set(Instant wall) {
        wallNanos += Duration.between(instant(), wall).toNanos();
    }

    private long passed() {
        return (long) (world.nanos() * rate);
    }
}
