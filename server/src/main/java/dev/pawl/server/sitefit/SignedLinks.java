package dev.pawl.server.sitefit;

import dev.pawl.core.Artifact;
import dev.pawl.core.JobId;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Links to files of jobs that whoever has one may follow until it expires: HMAC-SHA256 over the
 * job, the file's name and the moment. One that is signed with another secret, or for another file
 * or moment, is none. Thread-safe.
 */
final class SignedLinks {
    static final String ROUTE = "/jobs/artifacts";

    private static final String ALGORITHM = "HmacSHA256";

    private final Duration lifetime;

    /**
     * @param lifetime of a link, from when it is given out
     */
    SignedLinks(Duration lifetime) {
        this.lifetime = lifetime;
    }

    /** When a link ends that is given out now; a whole second. */
    Instant end(Instant now) {
        return Instant.ofEpochSecond(now.plus(lifetime).getEpochSecond());
    }

    /** The path and query of a link. */
    String to(JobId job, Artifact file, Instant end, String secret) {
        String name =
                URLEncoder.encode(file.name(), StandardCharsets.UTF_8)
                        .replace("+", "%20")
                        .replace("%2F", "/");
        return "%s/%s/%s?expires=%d&signature=%s"
                .formatted(
                        ROUTE,
                        job,
                        name,
                        end.getEpochSecond(),
                        signature(job, file.name(), end.getEpochSecond(), secret));
    }

    /** What is wrong with a link. */
    enum Fault {
        NONE,
        EXPIRED,
        /** Nobody gave it out. */
        FORGED
    }

    /** Whether a link with these parts is good. */
    static Fault fault(
            JobId job, String name, String expires, String signature, Instant now, String secret) {
        if (!expires.matches("\\d{1,12}")) return Fault.FORGED;
        long end = Long.parseLong(expires);
        byte[] right = signature(job, name, end, secret).getBytes(StandardCharsets.US_ASCII);
        // Takes the same time wherever the two differ.
        if (!MessageDigest.isEqual(right, signature.getBytes(StandardCharsets.UTF_8)))
            return Fault.FORGED;
        return now.getEpochSecond() < end ? Fault.NONE : Fault.EXPIRED;
    }

    private static String signature(JobId job, String name, long end, String secret) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            String text = "%s\n%s\n%d".formatted(job, name, end);
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new AssertionError("every JDK has HmacSHA256, for every key", e);
        }
    }
}
