package dev.pawl.server.identity;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import dev.pawl.core.Time;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys of others, at a URL or in a file (https://www.rfc-editor.org/rfc/rfc7517). They
 * are asked for when they are first needed, again after a while, and when a token names one that is
 * not among them; but never more often than {@link #REST}, so that tokens with made-up key ids make
 * no load there. One thread fetches while others use what is there. When a fetch fails, the keys of
 * before go on to count. Thread-safe.
 */
final class Jwks {
    private static final Logger log = LoggerFactory.getLogger(Jwks.class);

    /** Between two fetches. */
    static final Duration REST = Duration.ofSeconds(30);

    /** Keys that were withdrawn count for so long at most, while the place answers. */
    static final Duration FRESH = Duration.ofMinutes(5);

    private static final int CONNECT_MILLIS = 2_000;
    private static final int READ_MILLIS = 5_000;
    private static final int BYTES_MAX = 1 << 20;

    private final String place;
    private final Time time;
    private final DefaultResourceRetriever web =
            new DefaultResourceRetriever(CONNECT_MILLIS, READ_MILLIS, BYTES_MAX);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition fetched = lock.newCondition();
    private @Nullable JWKSet keys;
    private boolean fetching;
    private boolean tried;
    private long triedNanos;
    private long freshNanos;

    Jwks(String place, Time time) {
        this.place = place;
        this.time = time;
    }

    /** The keys that fit; empty when nobody knows, for none could be fetched yet. */
    Optional<List<JWK>> find(JWKMatcher wanted) throws InterruptedException {
        JWKSet known = current(FRESH);
        if (known == null) return Optional.empty();
        List<JWK> found = new JWKSelector(wanted).select(known);
        if (!found.isEmpty()) return Optional.of(found);
        known = current(Duration.ZERO);
        return known == null
                ? Optional.empty()
                : Optional.of(new JWKSelector(wanted).select(known));
    }

    /** The keys, fetched first where those there are older than that and it is allowed again. */
    private @Nullable JWKSet current(Duration oldest) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(CONNECT_MILLIS + READ_MILLIS);
            while (keys == null && fetching && left > 0) left = fetched.awaitNanos(left);
            long now = time.nanos();
            boolean stale = keys == null || now - freshNanos >= oldest.toNanos();
            boolean rested = !tried || now - triedNanos >= REST.toNanos();
            if (!stale || !rested || fetching) return keys;
            fetching = true;
            tried = true;
            triedNanos = now;
        } finally {
            lock.unlock();
        }
        return fetch();
    }

    private @Nullable JWKSet fetch() {
        JWKSet fresh = null;
        try {
            fresh = JWKSet.parse(read());
        } catch (IOException | ParseException | RuntimeException e) {
            log.warn("the keys of tokens can't be read from {}: {}", place, e.toString());
        }
        lock.lock();
        try {
            fetching = false;
            if (fresh != null) {
                keys = fresh;
                freshNanos = time.nanos();
            }
            fetched.signalAll();
            return keys;
        } finally {
            lock.unlock();
        }
    }

    private String read() throws IOException {
        if (JwtOptions.isUrl(place))
            return web.retrieveResource(URI.create(place).toURL()).getContent();
        try (InputStream in = Files.newInputStream(Path.of(place))) {
            return new String(in.readNBytes(BYTES_MAX), StandardCharsets.UTF_8);
        }
    }
}
