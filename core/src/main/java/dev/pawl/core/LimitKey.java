package dev.pawl.core;

/**
 * What holds a job back beside others with the same key only.
 *
 * @param value the key's, of this job; jobs without one share the empty one
 * @param max how many attempts of the same key run at once
 * @param rate how many of them start
 */
public record LimitKey(String value, int max, Rate rate) {
    /** Jobs have no key. */
    public static final LimitKey NONE = new LimitKey("", Integer.MAX_VALUE, Rate.NONE);

    public LimitKey {
        if (max < 1) throw new IllegalArgumentException("key's max is " + max + ", want >= 1");
    }

    /** Whether it holds nothing back. */
    public boolean none() {
        return max == Integer.MAX_VALUE && rate.none();
    }
}
