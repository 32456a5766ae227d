package dev.pawl.server.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Secrets and signatures as https://www.standardwebhooks.com has them. */
final class Signature {
    private static final String SECRET = "whsec_";
    private static final int BYTES = 32;

    private Signature() {}

    static String newSecret(RandomGenerator random) {
        var bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return SECRET + Base64.getEncoder().encodeToString(bytes);
    }

    /** What {@code webhook-signature} says of this body: a signature for each secret. */
    static String of(List<String> secrets, String id, Instant at, byte[] body) {
        return secrets.stream()
                .map(secret -> of(secret, id, at, body))
                .collect(Collectors.joining(" "));
    }

    private static String of(String secret, String id, Instant at, byte[] body) {
        try {
            byte[] key = Base64.getDecoder().decode(secret.substring(SECRET.length()));
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            String begin = "%s.%d.".formatted(id, at.getEpochSecond());
            mac.update(begin.getBytes(StandardCharsets.UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java has HmacSHA256", e);
        }
    }
}
