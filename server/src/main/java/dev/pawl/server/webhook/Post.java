package dev.pawl.server.webhook;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Posts to addresses that were looked at. The client asks {@link Addresses} for those of a name and
 * connects to none but them; TLS holds the certificate against the name. No redirect is followed,
 * nothing is repeated, no proxy is asked, no cookie is kept. Thread-safe.
 */
final class Post implements AutoCloseable {
    private static final int CONNECTIONS_MAX = 256;
    private static final int CONNECTIONS_MAX_PER_HOST = 16;

    /** Of an answer; what is longer is cut off. */
    private static final int ANSWER_BYTES_MAX = 4 << 10;

    private final Addresses addresses;
    private final Duration timeout;

    // Guarded by lock. Made for the first delivery: it loads every certificate of the machine,
    // which
    // most starts would wait for in vain.
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable CloseableHttpClient client;

    /**
     * An answer.
     *
     * @param retryAfter that header; empty for none
     * @param text the first bytes
     */
    record Answer(int status, String retryAfter, String text) {}

    Post(Addresses addresses, Duration timeout) {
        this.addresses = addresses;
        this.timeout = timeout;
    }

    private CloseableHttpClient client() {
        lock.lock();
        try {
            CloseableHttpClient known = client;
            if (known == null) known = made();
            client = known;
            return known;
        } finally {
            lock.unlock();
        }
    }

    private CloseableHttpClient made() {
        Timeout atMost = Timeout.of(timeout);
        var connections =
                PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new Checked(addresses))
                        .setDefaultConnectionConfig(
                                ConnectionConfig.custom()
                                        .setConnectTimeout(atMost)
                                        .setSocketTimeout(atMost)
                                        .build())
                        .setMaxConnTotal(CONNECTIONS_MAX)
                        .setMaxConnPerRoute(CONNECTIONS_MAX_PER_HOST)
                        .build();
        return HttpClients.custom()
                .setConnectionManager(connections)
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .setUserAgent("pawl-webhooks/1")
                .build();
    }

    private record Checked(Addresses addresses) implements DnsResolver {
        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            try {
                return addresses.of(host);
            } catch (UnknownHostException e) {
                throw e;
            } catch (IOException e) {
                var refused = new UnknownHostException(e.getMessage());
                refused.initCause(e);
                throw refused;
            }
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }

    /**
     * Posts, and answers within the timeout or throws.
     *
     * @throws Addresses.PrivateAddress when the name leads into a private network
     * @throws IOException when there is no answer
     */
    Answer send(URI to, byte[] body, Map<String, String> headers)
            throws IOException, InterruptedException {
        var request = new HttpPost(to);
        request.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_JSON));
        headers.forEach(request::setHeader);
        var exchange = new FutureTask<>(() -> exchange(request));
        Thread thread = Thread.ofVirtual().name("webhook").start(exchange);
        try {
            return exchange.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw late(e);
        } catch (ExecutionException e) {
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause())
                if (cause instanceof Addresses.PrivateAddress refused) throw refused;
            // Both clocks run: either may be the first to end it.
            if (e.getCause() instanceof SocketTimeoutException silent) throw late(silent);
            if (e.getCause() instanceof IOException io) throw io;
            throw new IOException(String.valueOf(e.getCause()), e);
        } finally {
            request.cancel();
            exchange.cancel(true);
            thread.join();
        }
    }

    private SocketTimeoutException late(Exception cause) {
        var late =
                new SocketTimeoutException("no whole answer within " + timeout.toMillis() + " ms");
        late.initCause(cause);
        return late;
    }

    private Answer exchange(HttpPost request) throws IOException {
        try (ClassicHttpResponse response = client().executeOpen(null, request, null)) {
            Header later = response.getFirstHeader("Retry-After");
            return new Answer(
                    response.getCode(),
                    later == null ? "" : later.getValue(),
                    text(response.getEntity()));
        }
    }

    /** The rest isn't read: closing the answer closes the connection then. */
    private static String text(@Nullable HttpEntity entity) throws IOException {
        if (entity == null) return "";
        InputStream in = entity.getContent();
        return new String(in.readNBytes(ANSWER_BYTES_MAX), StandardCharsets.UTF_8);
    }

    /** Ends what is under way. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (client != null) client.close(CloseMode.IMMEDIATE);
        } finally {
            lock.unlock();
        }
    }
}
