package dev.pawl.core;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The keys that callers of the server show, kept beside the jobs. A key itself is never kept, but
 * its SHA-256. Thread-safe; every method is one transaction, and blocks for it.
 *
 * <p>Each throws {@link PawlException} as {@link Store} does.
 */
public interface ApiKeys {
    /**
     * Keeps a new key.
     *
     * @param sha256 as {@link #hash} makes it; another's is refused
     * @throws PawlException {@link ErrorCode#NOT_POSSIBLE_NOW} when its id or hash is there already
     */
    void add(ApiKey key, String sha256);

    /** What is kept of a key: its SHA-256, 64 hex digits in lower case. */
    static String hash(String key) {
        try {
            byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /** The key with that hash, good or not. */
    Optional<ApiKey> find(String sha256);

    /** All of them, the oldest first. */
    List<ApiKey> all();

    /** Refuses it from now on; answers false when there is none with that id. Again is fine. */
    boolean revoke(String id);

    /** It was shown then. */
    void used(String id, Instant at);
}
