package dev.pawl.server.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Passwords as Argon2id (https://www.rfc-editor.org/rfc/rfc9106), kept in the PHC string format
 * with their parameters, so that other ones may be chosen later and old hashes go on to fit. Each
 * hash takes {@link #KIB} of memory and some ten milliseconds of a processor on purpose, so only so
 * many are made at once and only so many wait. Thread-safe; all methods block.
 */
public final class Passwords {
    /** At least so many characters. */
    public static final int LENGTH_MIN = 8;

    /** At most so many characters. */
    public static final int LENGTH_MAX = 200;

    // The second choice of OWASP's Password Storage Cheat Sheet.
    private static final int KIB = 19_456;
    private static final int PASSES = 2;
    private static final int LANES = 1;

    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final int WAITING_MAX = 64;
    private static final Pattern PHC =
            Pattern.compile(
                    "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,2}),p=(\\d{1,2})"
                            + "\\$([A-Za-z0-9+/]{1,100})\\$([A-Za-z0-9+/]{1,100})");

    private final RandomGenerator random;
    private final Semaphore free;

    /** Compared with where a name is not known, so that the answer takes as long. */
    private final String nobodys;

    /** What came of a comparison. */
    public enum Verdict {
        RIGHT,
        WRONG,
        /** So many wait already that nothing was compared. */
        BUSY
    }

    /**
     * @param random nobody can guess what it says next
     */
    public Passwords(RandomGenerator random) {
        this(random, Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    }

    Passwords(RandomGenerator random, int atOnce) {
        this.random = random;
        this.free = new Semaphore(atOnce, true);
        this.nobodys = phc(KIB, PASSES, LANES, new byte[SALT_BYTES], new byte[HASH_BYTES]);
    }

    /** What is wrong with a password that somebody wants; empty for nothing. */
    public static Optional<String> problem(String password) {
        int length = password.codePointCount(0, password.length());
        if (length >= LENGTH_MIN && length <= LENGTH_MAX) return Optional.empty();
        return Optional.of(
                "the password has %d characters; want %d to %d"
                        .formatted(length, LENGTH_MIN, LENGTH_MAX));
    }

    /** What is kept of a password; empty when so many wait already that it wasn't made. */
    public Optional<String> hash(String password) throws InterruptedException {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        if (!enter()) return Optional.empty();
        try {
            byte[] hash = argon2id(password, salt, KIB, PASSES, LANES, HASH_BYTES);
            return Optional.of(phc(KIB, PASSES, LANES, salt, hash));
        } finally {
            free.release();
        }
    }

    /**
     * Compares; takes as long where nobody is known.
     *
     * @param kept as {@link #hash} made it; empty where nobody is known, which is never right
     */
    public Verdict compare(String password, Optional<String> kept) throws InterruptedException {
        if (password.length() > LENGTH_MAX * 2) return Verdict.WRONG;
        Matcher phc = PHC.matcher(kept.orElse(nobodys));
        if (!phc.matches()) throw new IllegalStateException("a kept password is no Argon2id hash");
        byte[] salt = Base64.getDecoder().decode(phc.group(4));
        byte[] wanted = Base64.getDecoder().decode(phc.group(5));
        if (!enter()) return Verdict.BUSY;
        try {
            byte[] hash =
                    argon2id(
                            password,
                            salt,
                            Integer.parseInt(phc.group(1)),
                            Integer.parseInt(phc.group(2)),
                            Integer.parseInt(phc.group(3)),
                            wanted.length);
            boolean same = MessageDigest.isEqual(hash, wanted);
            return same && kept.isPresent() ? Verdict.RIGHT : Verdict.WRONG;
        } finally {
            free.release();
        }
    }

    private boolean enter() throws InterruptedException {
        if (free.tryAcquire()) return true;
        if (free.getQueueLength() >= WAITING_MAX) return false;
        free.acquire();
        return true;
    }

    private static byte[] argon2id(
            String password, byte[] salt, int kib, int passes, int lanes, int bytes) {
        var generator = new Argon2BytesGenerator();
        generator.init(
                new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                        .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                        .withMemoryAsKB(kib)
                        .withIterations(passes)
                        .withParallelism(lanes)
                        .withSalt(salt)
                        .build());
        byte[] hash = new byte[bytes];
        generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
        return hash;
    }

    private static String phc(int kib, int passes, int lanes, byte[] salt, byte[] hash) {
        var base64 = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
                .formatted(
                        kib,
                        passes,
                        lanes,
                        base64.encodeToString(salt),
                        base64.encodeToString(hash));
    }
}
