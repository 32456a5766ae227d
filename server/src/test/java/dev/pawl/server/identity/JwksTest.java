package dev.pawl.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.pawl.testkit.FakeTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JwksTest {
    @TempDir Path folder;
    private final FakeTime time = FakeTime.advancing();
    private KeyServer server;
    private Jwks jwks;

    @BeforeEach
    void start() throws Exception {
        server = new KeyServer(new JWKSet(key("one")));
        jwks = new Jwks(server.url(), time);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void keysAreFetchedOnceAndAgainAfterAWhile() throws Exception {
        for (int i = 0; i < 9; i++) assertThat(ids("one")).contains(List.of("one"));
        assertThat(server.asked).hasValue(1);

        server.show(new JWKSet(key("two")));
        time.advance(Jwks.FRESH);
        assertThat(ids("one")).as("withdrawn").contains(List.of());
        assertThat(server.asked).hasValue(2);
    }

    @Test
    void anUnknownKeyIsAskedForAtMostNowAndThen() throws Exception {
        assertThat(ids("two")).contains(List.of());
        assertThat(ids("two")).contains(List.of());
        assertThat(server.asked).hasValue(1);

        server.show(new JWKSet(List.<JWK>of(key("one"), key("two"))));
        time.advance(Jwks.REST);
        assertThat(ids("two")).contains(List.of("two"));
        for (int i = 0; i < 9; i++) assertThat(ids("three " + i)).contains(List.of());
        assertThat(server.asked).hasValue(2);
    }

    @Test
    void whileThePlaceIsAwayTheKeysOfBeforeCount() throws Exception {
        assertThat(ids("one")).contains(List.of("one"));
        server.status = 500;
        time.advance(Jwks.FRESH);
        assertThat(ids("one")).contains(List.of("one"));
        server.status = 200;
        server.answer = "garbage";
        time.advance(Jwks.FRESH);
        assertThat(ids("one")).contains(List.of("one"));
        assertThat(server.asked).hasValue(3);
    }

    @Test
    void withoutAnyKeysNobodyCanTell() throws Exception {
        server.answer = "x".repeat(2 << 20);
        assertThat(ids("one")).isEmpty();
        assertThat(ids("one")).isEmpty();
        assertThat(server.asked).hasValue(1);
    }

    @Test
    void manyAtOnceMakeOneFetch() throws Exception {
        List<Callable<Optional<List<String>>>> all =
                IntStream.range(0, 20)
                        .<Callable<Optional<List<String>>>>mapToObj(_ -> () -> ids("one"))
                        .toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var done : threads.invokeAll(all)) assertThat(done.get()).contains(List.of("one"));
        }
        assertThat(server.asked).hasValue(1);
    }

    @Test
    void aFileDoesToo() throws Exception {
        Path file = Files.writeString(folder.resolve("keys.json"), server.answer);
        jwks = new Jwks(file.toString(), time);

        assertThat(ids("one")).contains(List.of("one"));
    }

    private Optional<List<String>> ids(String id) throws InterruptedException {
        return jwks.find(new JWKMatcher.Builder().keyID(id).build())
                .map(keys -> keys.stream().map(JWK::getKeyID).toList());
    }

    private static ECKey key(String id) throws Exception {
        return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
    }
}
