package dev.pawl.core;

/**
 * What makes two jobs' inputs equal.
 *
 * @param hash the input hash: 64 lower-case hex digits, or empty when nobody computed it
 * @param parts the components that were hashed, as JSON text, to explain a miss; empty where these
 *     are the job's tool and its input as they stand, and where there is no hash
 */
public record InputKey(String hash, String parts) {
    public static final InputKey NONE = new InputKey("", "");

    public InputKey {
        if (!hash.isEmpty() && hash.length() != 64)
            throw new IllegalArgumentException("hash \"" + hash + "\": want 64 hex digits");
    }
}
