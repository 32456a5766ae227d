package dev.pawl.server.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.pawl.core.ApiKey;
import dev.pawl.core.Role;
import dev.pawl.core.Submission;
import dev.pawl.core.Time;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tokens that others signed (https://www.rfc-editor.org/rfc/rfc7519, with the advice of
 * https://www.rfc-editor.org/rfc/rfc8725). The configuration says which key belongs to which
 * algorithm, never the token: HS256 is checked with the secret only, RS256 and ES256 with public
 * keys of their own kind only, and there is no other. A token has to say when it ends. Thread-safe.
 */
public final class Tokens {
    /** Clocks of others may be off by so much. */
    static final Duration LEEWAY = Duration.ofSeconds(30);

    private static final int LENGTH_MAX = 16_000;

    private final JwtOptions options;
    private final Time time;
    private final Jwks jwks;

    /** What came of a token. */
    public sealed interface Checked {
        /**
         * It is good.
         *
         * @param tenant empty for all
         */
        record Good(String name, Role role, String tenant) implements Checked {}

        /** It isn't, and why. */
        record Bad(String reason) implements Checked {}

        /** Nobody can tell now, for the keys can't be fetched. */
        record Unknowable() implements Checked {}
    }

    public Tokens(JwtOptions options, Time time) {
        this.options = options;
        this.time = time;
        this.jwks = new Jwks(options.jwks(), time);
    }

    /** Whether a text looks like a token, rather than a key. */
    public static boolean looksLikeOne(String text) {
        return text.chars().filter(c -> c == '.').count() == 2;
    }

    /** Checks it; blocks where keys have to be fetched. */
    public Checked check(String text) throws InterruptedException {
        if (!options.accepts()) return new Checked.Bad("no token is good here");
        if (text.length() > LENGTH_MAX) return new Checked.Bad("the token is too long");
        try {
            SignedJWT token = SignedJWT.parse(text);
            Optional<List<JWSVerifier>> verifiers = verifiers(token.getHeader());
            if (verifiers.isEmpty()) return new Checked.Unknowable();
            for (JWSVerifier verifier : verifiers.get())
                if (token.verify(verifier)) return claims(token.getJWTClaimsSet());
            return new Checked.Bad("nobody who is known here has signed the token");
        } catch (ParseException | JOSEException | IllegalArgumentException e) {
            return new Checked.Bad("the token can't be read");
        }
    }

    /** What could have signed it; empty when nobody can tell now. */
    private Optional<List<JWSVerifier>> verifiers(JWSHeader header)
            throws JOSEException, InterruptedException {
        JWSAlgorithm algorithm = header.getAlgorithm();
        if (algorithm.equals(JWSAlgorithm.HS256) && !options.secret().isEmpty())
            return Optional.of(
                    List.of(new MACVerifier(options.secret().getBytes(StandardCharsets.UTF_8))));
        boolean publicKeys =
                algorithm.equals(JWSAlgorithm.RS256) || algorithm.equals(JWSAlgorithm.ES256);
        if (!publicKeys || options.jwks().isEmpty()) return Optional.of(List.of());
        Optional<List<JWK>> keys = jwks.find(JWKMatcher.forJWSHeader(header));
        if (keys.isEmpty()) return Optional.empty();
        var verifiers = new java.util.ArrayList<JWSVerifier>();
        for (JWK key : keys.get())
            if (key instanceof RSAKey rsa) verifiers.add(new RSASSAVerifier(rsa));
            else if (key instanceof ECKey ec) verifiers.add(new ECDSAVerifier(ec));
        return Optional.of(verifiers);
    }

    private Checked claims(JWTClaimsSet claims) {
        Optional<String> wrong = wrong(claims);
        if (wrong.isPresent()) return new Checked.Bad(wrong.get());
        String name = text(claims, options.claims().name());
        if (!isWord(name) || name.equals(ApiKey.ANONYMOUS))
            return new Checked.Bad(
                    "the token's claim \"%s\" is no name: want 1 to 100 characters without spaces"
                            .formatted(options.claims().name()));
        Optional<Role> role = role(claims);
        if (role.isEmpty())
            return new Checked.Bad(
                    "the token's claim \"%s\" says no role that is known here"
                            .formatted(options.claims().role()));
        String tenant = text(claims, options.claims().tenant());
        boolean said = value(claims, options.claims().tenant()).isPresent();
        if (said && !isWord(tenant))
            return new Checked.Bad(
                    "the token's claim \"%s\" is no tenant: want 1 to 100 characters without spaces"
                            .formatted(options.claims().tenant()));
        if (said) return new Checked.Good(name, role.get(), tenant);
        String standard = role.get() == Role.ADMIN ? "" : Submission.DEFAULT_TENANT;
        return new Checked.Good(name, role.get(), standard);
    }

    private Optional<String> wrong(JWTClaimsSet claims) {
        Instant now = time.instant();
        Date ends = claims.getExpirationTime();
        if (ends == null) return Optional.of("the token doesn't say when it ends");
        if (!now.isBefore(ends.toInstant().plus(LEEWAY)))
            return Optional.of("the token is over since " + ends.toInstant());
        Date begins = claims.getNotBeforeTime();
        if (begins != null && now.isBefore(begins.toInstant().minus(LEEWAY)))
            return Optional.of("the token is not good before " + begins.toInstant());
        if (!options.issuer().isEmpty() && !options.issuer().equals(claims.getIssuer()))
            return Optional.of("the token's issuer is another");
        if (!options.audience().isEmpty() && !claims.getAudience().contains(options.audience()))
            return Optional.of("the token is for another audience");
        return Optional.empty();
    }

    /** The mightiest of those it says; else what one has that says none. */
    private Optional<Role> role(JWTClaimsSet claims) {
        Object said = value(claims, options.claims().role()).orElse("");
        Stream<?> all = said instanceof Collection<?> many ? many.stream() : Stream.of(said);
        return all.filter(String.class::isInstance)
                .map(String.class::cast)
                .flatMap(one -> known(one).stream())
                .min(Role::compareTo)
                .or(options::role);
    }

    private Optional<Role> known(String said) {
        return Optional.ofNullable(options.roles().get(said)).or(() -> Role.ofWire(said));
    }

    private static String text(JWTClaimsSet claims, String name) {
        return value(claims, name).orElse("") instanceof String text ? text : "";
    }

    private static Optional<Object> value(JWTClaimsSet claims, String name) {
        Object whole = claims.getClaim(name);
        if (whole != null) return Optional.of(whole);
        Object at = claims.getClaims();
        for (String step : name.split("\\.", -1)) {
            if (!(at instanceof Map<?, ?> object)) return Optional.empty();
            at = object.get(step);
        }
        return Optional.ofNullable(at);
    }

    private static boolean isWord(String text) {
        return !text.isBlank() && text.length() <= 100 && text.chars().noneMatch(c -> c <= ' ');
    }
}
