package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.pawl.core.Role;
import dev.pawl.server.identity.JwtOptions;
import dev.pawl.server.identity.KeyServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens that others signed, over HTTP. */
final class JwtTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private final Instant now = Instant.now();
    private static RSAKey rsa;
    private static RSAKey stranger;
    private static ECKey ec;

    @TempDir Path folder;
    private KeyServer keys;
    private Running on;

    @BeforeAll
    static void generate() throws Exception {
        rsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
        stranger = new RSAKeyGenerator(2048).keyID("rsa").generate();
        ec = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
    }

    @BeforeEach
    void start() throws Exception {
        keys = new KeyServer(new JWKSet(List.<JWK>of(rsa, ec)));
        on =
                new Running(
                        folder,
                        options(
                                new JwtOptions(
                                        SECRET,
                                        keys.url(),
                                        "https://id.example",
                                        "pawl",
                                        new JwtOptions.Claims("sub", "realm.roles", "org"),
                                        Map.of("staff", Role.USER),
                                        Optional.empty())));
    }

    private static ServerOptions options(JwtOptions jwt) {
        return ServerOptions.defaults().withAnonymous(Optional.empty()).withJwt(jwt);
    }

    @AfterEach
    void stop() {
        on.close();
        keys.close();
    }

    @Test
    void aTokenOfEachKindIsGood() throws Exception {
        for (String token : List.of(hs256(claims()), rs256(rsa, claims()), es256(claims()))) {
            Running.Answer who = get("/v1/session", token);
            assertThat(who.status()).isEqualTo(200);
            assertThat(who.json().path("name").stringValue()).isEqualTo("ann");
            assertThat(who.json().path("role").stringValue()).isEqualTo("user");
            assertThat(who.json().path("tenant").stringValue()).isEqualTo("acme");
        }
        assertThat(keys.asked).hasValue(1);
    }

    @Test
    void itsClaimsSayRoleAndTenant() throws Exception {
        assertThat(role(claims().claim("realm", Map.of("roles", List.of("viewer", "admin", "x")))))
                .isEqualTo("admin");
        assertThat(role(claims().claim("realm", Map.of("roles", "viewer")))).isEqualTo("viewer");
        assertThat(get("/v1/queues", hs256(claims())).status()).isEqualTo(403);
        var admin = claims().claim("realm", Map.of("roles", "admin"));
        assertThat(get("/v1/queues", hs256(admin)).status()).as("of a tenant").isEqualTo(403);
        assertThat(get("/v1/queues", hs256(admin.claim("org", null))).status()).isEqualTo(200);
        refused(hs256(claims().claim("realm", Map.of("roles", List.of("boss", 7)))), "role");
        refused(hs256(claims().claim("realm", "user")), "role");
        refused(hs256(claims().claim("org", "two words")), "tenant");
        refused(hs256(claims().claim("org", 7)), "tenant");
        refused(hs256(claims().subject("anonymous")), "name");
        refused(hs256(claims().subject(null)), "name");
    }

    @Test
    void anExpiredTokenIsRefused() throws Exception {
        refused(hs256(claims().expirationTime(Date.from(now.minusSeconds(60)))), "over since");
        refused(rs256(rsa, claims().expirationTime(Date.from(now.minusSeconds(60)))), "over since");
        refused(hs256(claims().expirationTime(null)), "when it ends");
    }

    @Test
    void aTokenThatIsNotYetValidIsRefused() throws Exception {
        refused(hs256(claims().notBeforeTime(Date.from(now.plusSeconds(90)))), "not good before");
    }

    @Test
    void aTokenForOthersIsRefused() throws Exception {
        refused(hs256(claims().issuer("https://evil.example")), "issuer");
        refused(hs256(claims().issuer(null)), "issuer");
        refused(hs256(claims().audience("other")), "audience");
        refused(hs256(claims().audience(List.of())), "audience");
        assertThat(get("/v1/jobs", hs256(claims().audience(List.of("a", "pawl")))).status())
                .isEqualTo(200);
    }

    @Test
    void aWronglySignedTokenIsRefused() throws Exception {
        refused(rs256(stranger, claims()), "nobody");
        refused(sign(JWSAlgorithm.HS256, "", new MACSigner("f".repeat(32)), claims()), "nobody");
        String good = hs256(claims());
        String claims = good.split("\\.", -1)[1];
        String changed =
                base64(
                        new String(Base64.getUrlDecoder().decode(claims), StandardCharsets.UTF_8)
                                .replace("ann", "bob"));
        refused(good.replace(claims, changed), "nobody");
        refused(good.substring(0, good.lastIndexOf('.') + 1), "");
    }

    @Test
    void aTokenThatNobodySignedIsRefused() throws Exception {
        refused(new PlainJWT(claims().build()).serialize() + "x", "read");
        refused(new PlainJWT(claims().build()).serialize(), "");
        String claims = hs256(claims()).split("\\.", -1)[1];
        for (String none : List.of("none", "None", "NONE", "nOnE"))
            refused(base64("{\"alg\":\"%s\"}".formatted(none)) + "." + claims + ".eA", "");
    }

    @Test
    void aTokenOfAnUnknownKeyIsRefused() throws Exception {
        RSAKey other = new RSAKeyGenerator(2048).keyID("other").generate();
        refused(rs256(other, claims()), "nobody");
        assertThat(keys.asked).as("not for each token").hasValue(1);
    }

    @Test
    void thePublicKeyIsNoSecret() throws Exception {
        for (byte[] known :
                List.of(
                        rsa.toRSAPublicKey().getEncoded(),
                        rsa.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8),
                        rsa.getModulus().decode()))
            refused(sign(JWSAlgorithm.HS256, "rsa", new MACSigner(known), claims()), "nobody");
    }

    @Test
    void anotherAlgorithmIsRefused() throws Exception {
        refused(sign(JWSAlgorithm.HS512, "", new MACSigner(SECRET + SECRET), claims()), "nobody");
        refused(sign(JWSAlgorithm.RS512, "rsa", new RSASSASigner(rsa), claims()), "nobody");
    }

    @Test
    void garbageIsRefused() {
        for (String garbage :
                List.of("a.b.c", "..", "...", "e30.e30.e30", base64("{}") + ".." + base64("x")))
            refused(garbage, "");
        refused(base64("[]") + ".x." + "y".repeat(6_000), "");
    }

    @Test
    void withoutTheKeysNobodyCanTell() throws Exception {
        keys.status = 500;
        Running.Answer answer = get("/v1/jobs", rs256(rsa, claims()));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("keys_unavailable");
        assertThat(get("/v1/jobs", hs256(claims())).status()).isEqualTo(200);
    }

    @Test
    void whereNoneIsConfiguredNoTokenIsGood() throws Exception {
        try (var closed = new Running(folder.resolve("closed"), options(JwtOptions.NONE))) {
            Running.Answer answer =
                    closed.get("/v1/jobs", "Authorization", "Bearer " + hs256(claims()));
            assertThat(answer.status()).isEqualTo(401);
        }
        var onlyKeys = JwtOptions.NONE.withJwks(keys.url());
        try (var open = new Running(folder.resolve("public"), options(onlyKeys))) {
            Running.Answer answer =
                    open.get("/v1/jobs", "Authorization", "Bearer " + hs256(claims()));
            assertThat(answer.status()).isEqualTo(401);
        }
    }

    private String role(JWTClaimsSet.Builder claims) throws Exception {
        return get("/v1/session", hs256(claims)).json().path("role").stringValue();
    }

    private void refused(String token, String why) {
        Running.Answer answer = get("/v1/jobs", token);
        assertThat(answer.status()).as(token).isEqualTo(401);
        assertThat(answer.code()).isEqualTo("unauthenticated");
        assertThat(answer.json().path("detail").stringValue()).contains(why);
    }

    private Running.Answer get(String path, String token) {
        return on.get(path, "Authorization", "Bearer " + token);
    }

    private JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .subject("ann")
                .issuer("https://id.example")
                .audience("pawl")
                .claim("realm", Map.of("roles", List.of("staff")))
                .claim("org", "acme")
                .expirationTime(Date.from(now.plusSeconds(600)));
    }

    private static String hs256(JWTClaimsSet.Builder claims) throws Exception {
        return sign(JWSAlgorithm.HS256, "", new MACSigner(SECRET), claims);
    }

    private static String rs256(RSAKey key, JWTClaimsSet.Builder claims) throws Exception {
        return sign(JWSAlgorithm.RS256, key.getKeyID(), new RSASSASigner(key), claims);
    }

    private static String es256(JWTClaimsSet.Builder claims) throws Exception {
        return sign(JWSAlgorithm.ES256, "ec", new ECDSASigner(ec), claims);
    }

    private static String sign(
            JWSAlgorithm algorithm, String key, JWSSigner signer, JWTClaimsSet.Builder claims)
            throws Exception {
        var header = new JWSHeader.Builder(algorithm).type(JOSEObjectType.JWT);
        if (!key.isEmpty()) header.keyID(key);
        var token = new SignedJWT(header.build(), claims.build());
        token.sign(signer);
        return token.serialize();
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
