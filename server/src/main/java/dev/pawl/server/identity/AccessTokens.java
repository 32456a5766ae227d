package dev.pawl.server.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import dev.pawl.core.Time;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Short-lived tokens (JWT, HS256) that this server gives out itself, for clients that know no
 * cookies. One names a user and nothing else that counts: what the user may do is looked up.
 * Thread-safe.
 */
public final class AccessTokens {
    private static final String ISSUER = "pawl";

    private final Supplier<String> secret;
    private final Time time;

    /**
     * @param secret what they are signed with, at least 32 bytes; asked for at each one
     */
    public AccessTokens(Supplier<String> secret, Time time) {
        this.secret = secret;
        this.time = time;
    }

    /** A fresh one for the user of that name. */
    public String issue(String name, Duration length) {
        Instant now = time.instant();
        var claims =
                new JWTClaimsSet.Builder()
                        .issuer(ISSUER)
                        .subject(name)
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(now.plus(length)))
                        .build();
        var token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
        try {
            token.sign(new MACSigner(key()));
        } catch (JOSEException e) {
            throw new IllegalStateException("the secret is checked when it is set", e);
        }
        return token.serialize();
    }

    /** Whether a text says that it is one of these; nothing is checked. */
    public static boolean claimsToBeOne(String text) {
        try {
            JWTClaimsSet claims = JWTParser.parse(text).getJWTClaimsSet();
            return claims != null && ISSUER.equals(claims.getIssuer());
        } catch (ParseException | IllegalArgumentException e) {
            return false;
        }
    }

    /** The name of the user it was given to; empty where it isn't good. */
    public Optional<String> check(String text) {
        try {
            SignedJWT token = SignedJWT.parse(text);
            boolean ours =
                    token.getHeader().getAlgorithm().equals(JWSAlgorithm.HS256)
                            && token.verify(new MACVerifier(key()));
            if (!ours) return Optional.empty();
            JWTClaimsSet claims = token.getJWTClaimsSet();
            Date ends = claims.getExpirationTime();
            boolean good =
                    ISSUER.equals(claims.getIssuer())
                            && ends != null
                            && time.instant().isBefore(ends.toInstant());
            return good ? Optional.ofNullable(claims.getSubject()) : Optional.empty();
        } catch (ParseException | JOSEException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private byte[] key() {
        return secret.get().getBytes(StandardCharsets.UTF_8);
    }
}
