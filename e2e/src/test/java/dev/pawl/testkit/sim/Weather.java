package dev.pawl.testkit.sim;

import java.util.random.RandomGenerator;

/** How much goes wrong in one run: nothing in some, a lot in others. */
final class Weather {
    private final RandomGenerator random;
    private double calls;
    private double crashes;
    private double reads;

    /** How many hints from the engine to the loops of its process never come, to the very end. */
    private final double hints;

    /** How often other processes get their turn between two calls of one step. */
    double interleavings;

    Weather(RandomGenerator random) {
        this.random = random;
        boolean calm = random.nextInt(5) == 0;
        this.calls = calm ? 0 : random.nextDouble(0.08);
        this.crashes = calm ? 0 : random.nextDouble(0.02);
        this.reads = calm ? 0 : random.nextDouble(0.03);
        this.hints = random.nextInt(3) == 0 ? 1 : random.nextDouble();
        this.interleavings = random.nextDouble(0.12);
    }

    /** From now on nothing goes wrong. */
    void clear() {
        calls = 0;
        crashes = 0;
        reads = 0;
        interleavings = 0;
    }

    Fate fate() {
        double chance = random.nextDouble();
        if (chance < crashes)
            return switch (random.nextInt(4)) {
                case 0 -> Fate.CRASH_BEFORE;
                case 1 -> Fate.CRASH_AFTER;
                default -> Fate.CRASH_INSIDE;
            };
        if (chance - crashes >= calls) return Fate.APPLIED;
        return switch (random.nextInt(3)) {
            case 0 -> Fate.NOT_APPLIED;
            case 1 -> Fate.ANSWER_LOST;
            default -> Fate.FAILS_INSIDE;
        };
    }

    /** Whether processes are killed at all. */
    boolean wild() {
        return crashes > 0;
    }

    boolean losesHint() {
        return random.nextDouble() < hints;
    }

    boolean readFails() {
        return random.nextDouble() < reads;
    }
}
