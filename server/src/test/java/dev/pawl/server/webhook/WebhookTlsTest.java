package dev.pawl.server.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.JobState;
import dev.pawl.server.StoreKind;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Deliveries over TLS, to a receiver whose certificate is for {@code localhost} and signed by
 * itself. As made by {@code keytool -genkeypair -keyalg EC -dname CN=localhost -ext
 * san=dns:localhost -validity 36500 -keystore localhost.p12}.
 */
final class WebhookTlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final String TRUST_STORE = "javax.net.ssl.trustStore";
    private static final String TRUST_PASSWORD = "javax.net.ssl.trustStorePassword";

    private Receiver receiver;
    private Telling on;

    @BeforeEach
    void start() throws Exception {
        receiver = Receiver.overTls(tls());
        on = new Telling(StoreKind.MEMORY, Telling.options());
    }

    @AfterEach
    void stop() {
        on.close();
        receiver.close();
        System.clearProperty(TRUST_STORE);
        System.clearProperty(TRUST_PASSWORD);
    }

    @Test
    void aCertificateThatJavasTrustStoreKnowsIsGood() throws Exception {
        trust();
        on.add(receiver);
        on.succeeded();

        on.feed().deliver();

        assertThat(receiver.received()).hasSize(1);
        assertThat(on.only()).isInstanceOf(JobState.Succeeded.class);
    }

    @Test
    void aCertificateThatNobodyVouchesForIsNamedAndNothingIsSent() throws Exception {
        String id = on.add(receiver).path("id").stringValue();
        on.succeeded();

        on.feed().deliver();

        assertThat(receiver.received()).isEmpty();
        assertThat(answer(id))
                .startsWith("its certificate is of no authority that this Java trusts");
        assertThat(on.only()).isInstanceOf(JobState.Queued.class);
    }

    @Test
    void aCertificateForAnotherNameIsNotTaken() throws Exception {
        trust();
        String url = receiver.url().replace("localhost", "127.0.0.1");
        String id = on.add("{\"url\":\"%s\"}".formatted(url)).path("id").stringValue();
        on.succeeded();

        on.feed().deliver();

        assertThat(receiver.received()).isEmpty();
        assertThat(answer(id)).contains("127.0.0.1");
        assertThat(on.only()).isInstanceOf(JobState.Queued.class);
    }

    private String answer(String id) {
        JsonNode log = on.desk.deliveries(id, 10).path("deliveries");
        assertThat(log.size()).isEqualTo(1);
        assertThat(log.at("/0/status").intValue()).isZero();
        return log.at("/0/answer").stringValue();
    }

    /** Before the first delivery, which is when the client reads it. */
    private static void trust() throws URISyntaxException {
        URI file =
                Objects.requireNonNull(WebhookTlsTest.class.getResource("localhost.p12")).toURI();
        System.setProperty(TRUST_STORE, Path.of(file).toString());
        System.setProperty(TRUST_PASSWORD, new String(PASSWORD));
    }

    private static SSLContext tls() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = WebhookTlsTest.class.getResourceAsStream("localhost.p12")) {
            store.load(Objects.requireNonNull(in), PASSWORD);
        }
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        var tls = SSLContext.getInstance("TLS");
        tls.init(keys.getKeyManagers(), null, null);
        return tls;
    }
}
