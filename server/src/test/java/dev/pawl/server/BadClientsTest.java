package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.JobFilter;
import dev.pawl.core.SystemTime;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that speak HTTP badly, or not to its end; others are served meanwhile. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class BadClientsTest {
    private static final String HEAD =
            "POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";

    private final SystemTime time = new SystemTime();
    @TempDir Path folder;
    private Running on;

    @BeforeEach
    void start() throws IOException {
        on =
                new Running(
                        folder,
                        ServerOptions.defaults()
                                .withIdle(Duration.ofSeconds(2))
                                .withBodyTime(Duration.ofSeconds(1)));
    }

    @AfterEach
    void stop() {
        assertThat(on.get("/livez").status()).as("the server is healthy afterwards").isEqualTo(200);
        assertThat(on.store.list(JobFilter.ALL, "", 10)).isEmpty();
        on.close();
    }

    @Test
    void headersThatNeverEndAreCutOff() throws IOException {
        try (Socket client = connect()) {
            send(client, HEAD);
            assertServed();
            assertThat(answer(client)).doesNotContain(" 202 ");
        }
    }

    @Test
    void aBodyThatNeverEndsIsCutOff() throws IOException {
        try (Socket client = connect()) {
            send(client, HEAD + "Content-Length: 1000\r\n\r\n{\"tool\":");
            assertServed();
            assertThat(answer(client)).doesNotContain(" 202 ");
        }
    }

    @Test
    void aBodyThatDripsIsRefusedWhenItsTimeIsOver() throws Exception {
        try (Socket client = connect()) {
            send(client, HEAD + "Content-Length: 1000\r\n\r\n");
            long deadline = time.nanos() + Duration.ofSeconds(60).toNanos();
            boolean open = true;
            while (open && client.getInputStream().available() == 0) {
                assertThat(time.nanos() - deadline).as("still not refused").isNegative();
                try {
                    send(client, " ");
                } catch (IOException hungUp) {
                    open = false;
                }
                time.sleep(Duration.ofMillis(20));
            }
            if (open) assertThat(answer(client)).startsWith("HTTP/1.1 408 ");
        }
    }

    @Test
    void aHalfClosedConnectionIsAnsweredOrEnded() throws IOException {
        try (Socket client = connect()) {
            send(client, HEAD + "Content-Length: 1000\r\n\r\n{\"tool\":");
            client.shutdownOutput();
            assertThat(answer(client)).doesNotContain(" 202 ");
        }
    }

    @Test
    void garbageIsRefused() throws IOException {
        for (String bad :
                List.of(
                        "hello\r\n\r\n",
                        "GET /livez HTTP/9.9\r\n\r\n",
                        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
                        "\0\1\2\3\r\n\r\n"))
            try (Socket client = connect()) {
                send(client, bad);
                assertThat(answer(client)).as(bad).doesNotStartWith("HTTP/1.1 2");
            }
    }

    @Test
    void aHeaderThatIsTooLongIsRefused() throws IOException {
        try (Socket client = connect()) {
            try {
                send(client, "GET /livez HTTP/1.1\r\nHost: x\r\nX-Long: " + "x".repeat(1 << 20));
                send(client, "\r\n\r\n");
            } catch (IOException hungUp) {
                return;
            }
            assertThat(answer(client)).doesNotStartWith("HTTP/1.1 2");
        }
    }

    /** Where nobody needs a key, whoever gets a browser on this machine to send something is in. */
    @Test
    void anotherSitesPageDoesNotActWhereNobodyNeedsAKey() {
        String job = "{\"tool\":\"shout\",\"input\":{\"text\":\"hi\"}}";
        for (String[] from :
                new String[][] {
                    {"Sec-Fetch-Site", "cross-site"},
                    {"Sec-Fetch-Site", "same-site"},
                    {"Origin", "http://evil.example"},
                    {"Origin", "null"}
                }) {
            var answer = on.post("/v1/jobs", job, from);
            assertThat(answer.status()).as(from[1]).isEqualTo(403);
            assertThat(answer.code()).isEqualTo("cross_site");
        }
        assertThat(on.post("/v1/jobs", "{}", "Sec-Fetch-Site", "same-origin").status())
                .isEqualTo(422);
    }

    /** As most do; a server that hangs up meanwhile takes the answer back with it. */
    @Test
    void whoWritesAllOfATooLargeBodyBeforeItReadsFindsTheAnswer() throws IOException {
        int bytes = 20 << 20;
        for (int i = 0; i < 5; i++)
            try (Socket client = connect()) {
                send(client, "POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: " + bytes);
                send(client, "\r\nContent-Type: application/json\r\n\r\n");
                send(client, " ".repeat(bytes));
                assertThat(answer(client)).startsWith("HTTP/1.1 413 ").contains("input_too_large");
            }
    }

    @Test
    void tenThousandConnectionsKeepNobodyOut() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classpath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        Process crowd =
                new ProcessBuilder(
                                java,
                                "-cp",
                                classpath,
                                ManyConnections.class.getName(),
                                Integer.toString(on.server.port()),
                                "10000")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (var said = crowd.inputReader()) {
            assertThat(said.readLine()).isEqualTo("open 10000");
            assertServed();
        } finally {
            crowd.destroyForcibly().onExit().join();
        }
    }

    private void assertServed() {
        assertThat(on.get("/readyz").status()).isEqualTo(200);
    }

    private Socket connect() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), on.server.port());
        socket.setSoTimeout(60_000);
        return socket;
    }

    private static void send(Socket client, String text) throws IOException {
        OutputStream out = client.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** What comes until the server hangs up. */
    private static String answer(Socket client) throws IOException {
        var text = new StringBuilder();
        InputStream in = client.getInputStream();
        byte[] buffer = new byte[4_096];
        try {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer))
                text.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
        } catch (java.net.SocketException reset) {
            // Hung up without a word.
        }
        return text.toString();
    }
}
