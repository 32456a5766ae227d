package dev.pawl.core;

import java.util.List;
import java.util.Optional;

/**
 * Who signs in with a password, kept beside the jobs, and their sessions. No password is kept and
 * no token, but what {@code passwordHash} says and a token's SHA-256 (see {@link ApiKeys#hash}).
 * Thread-safe; every method is one transaction, and blocks for it.
 *
 * <p>Each throws {@link PawlException} as {@link Store} does.
 */
public interface Users {
    /** So many sessions of one user and kind are kept; the oldest goes when there is one more. */
    int SESSIONS_MAX = 100;

    /**
     * What a password is compared with.
     *
     * @param passwordHash in the PHC string format
     */
    record Known(User user, String passwordHash) {}

    /** Keeps a new user; answers false, and keeps nothing, when the name or id is taken. */
    boolean add(User user, String passwordHash);

    /**
     * The same for somebody who comes by itself: where there was no user at all it is kept as an
     * admin of all tenants, and of two who come at once one is.
     *
     * @return as it was kept; empty when the name or id is taken
     */
    Optional<User> register(User user, String passwordHash);

    Optional<User> find(String name);

    /** The same with what its password is compared with. */
    Optional<Known> known(String name);

    /** All of them, the oldest first. */
    List<User> all();

    /** Answers false when there is none of that name, as the next two do. */
    boolean setRole(String name, Role role, String tenant);

    /** Ends its sessions too. */
    boolean setPassword(String name, String passwordHash);

    /** Lets it in no more, or again; the first ends its sessions. Again is fine. */
    boolean setDisabled(String name, boolean disabled);

    /**
     * Keeps a session of a user there is, notes that it signed in then, and forgets sessions that
     * are over.
     *
     * @param sha256 of its token
     */
    void begin(Session session, String sha256);

    /** The session whose token has that hash, over or not. */
    Optional<Session> session(String sha256);

    /**
     * Ends a session. Answers false when there is none: of two who hand in the same token one is
     * told true.
     */
    boolean end(String sha256);

    /** Ends all sessions of a user. */
    void endAll(String name);

    /** What is kept under that name of secrets; this one from now on where there was none. */
    String secret(String name, String fresh);
}
