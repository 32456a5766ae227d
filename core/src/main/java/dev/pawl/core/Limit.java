package dev.pawl.core;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What holds the starts of jobs back: all that name the same limit, and of these each that has the
 * same key, across all processes on one store. The store computes it from live leases and recent
 * starts, so that no crash can leak a slot. What was submitted last holds for all of them: who
 * edits it need not wait for old jobs.
 *
 * @param name by which a store knows it, as {@code tool:plantuml@1}, or with keys {@code
 *     tool:plantuml@1 per site.id}; empty for no limit
 * @param max how many attempts may run at once; at least 1, {@link Integer#MAX_VALUE} for no limit
 * @param rate how many may start
 * @param key the same for each key
 */
public record Limit(String name, int max, Rate rate, LimitKey key) {
    private static final String PER = " per ";

    public static final Limit NONE = new Limit("", Integer.MAX_VALUE);

    public Limit {
        if (max < 1) throw new IllegalArgumentException("max is " + max + ", want >= 1");
        // Jobs with and without keys stand in different lines.
        if (key.none() == name.contains(PER))
            throw new IllegalArgumentException(
                    "limit \"" + name + "\": \"NAME per KEY\" is one with keys, and no other is");
    }

    /** One without keys. */
    public Limit(String name, int max) {
        this(name, max, Rate.NONE, LimitKey.NONE);
    }

    /**
     * One for each key beside what holds for all.
     *
     * @param by what the key is, as {@code site.id}
     */
    public Limit per(String by, LimitKey each) {
        return new Limit(name + PER + by, max, rate, each);
    }

    public Limit withRate(Rate value) {
        return new Limit(name, max, value, key);
    }

    /** The same for jobs whose key has this value. */
    public Limit of(String value) {
        return key.value().equals(value)
                ? this
                : new Limit(name, max, rate, new LimitKey(value, key.max(), key.rate()));
    }

    /** Whether it holds nothing back. */
    public boolean none() {
        return name.isEmpty();
    }

    /** Whether each job has a key. */
    public boolean keyed() {
        return !key.none();
    }

    /** Whether it holds anything back but those of the same key. */
    public boolean shared() {
        return max < Integer.MAX_VALUE || !rate.none();
    }

    /**
     * What people call the limit that a store knows by this name. What holds for all keys of a tool
     * is the tool's own: {@code tool:plantuml@1} stands for {@code tool:plantuml@1 per site.id}. A
     * key's name stays, and so does any other.
     */
    static String shown(String name) {
        int per = name.indexOf(PER);
        // What a key is by has no "=" in it: one there begins the key's value.
        return per < 0 || name.indexOf('=', per) >= 0 ? name : name.substring(0, per);
    }

    /** The key's name among all limits. */
    public String keyName() {
        return name + "=" + key.value();
    }

    /** The number that stands for the key; 0 for none. Keys take turns in its order. */
    public long keyNumber() {
        return keyed() ? number(keyName()) : 0;
    }

    /** The number that stands for a name; never 0. Two names with one number share a limit. */
    public static long number(String name) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(name.getBytes(StandardCharsets.UTF_8));
            long number = ByteBuffer.wrap(hash).getLong();
            return number == 0 ? 1 : number;
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
