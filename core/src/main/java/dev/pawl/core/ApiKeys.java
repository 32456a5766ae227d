package dev.pawl.core;

import java.time.Instant;
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
     * @param sha256 of the key, 64 hex digits in lower case; another's is refused
     * @throws PawlException {@link ErrorCode#NOT_POSSIBLE_NOW} when its id or hash is there already
     */
    void add(ApiKey key, String sha256);

    /** The key with that hash, good or not. */
    Optional<ApiKey> find(String sha256);

    /** All of them, the oldest first. */
    List<ApiKey> all();

    /** Refuses it from now on; answers false when there is none with that id. Again is fine. */
    boolean revoke(String id);

    /** It was shown then. */
    void used(String id, Instant at);
}
