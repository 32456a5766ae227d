package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.JobFilter;
import dev.pawl.tool.FileRef;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Files that come by themselves and with a submit, whole and not. */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class UploadTest {
    private static final int MAX = 300_000;
    private static final String HELLO_SHA =
            "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    private static final String DRAW =
            """
            tool: draw@1
            title: Draws files
            input:
              type: object
              additionalProperties: false
              properties:
                text: {type: string, format: file}
                more: {type: array, items: {type: string, format: file}}
                times: {type: integer}
            run:
              command: [echo, "{{input.text}}"]
            """;

    @TempDir Path folder;
    private Running on;

    @BeforeEach
    void start() throws IOException {
        Path tools = Files.createDirectories(folder.resolve("tools"));
        Files.writeString(tools.resolve("draw.yaml"), DRAW);
        on =
                new Running(
                        folder,
                        ServerOptions.defaults().withJsonBytesMax(10_000).withFileBytesMax(MAX));
    }

    @AfterEach
    void stop() throws IOException {
        assertThat(on.get("/livez").status()).as("the server is healthy afterwards").isEqualTo(200);
        try (Stream<Path> left = Files.list(folder.resolve("artifacts/writing"))) {
            assertThat(left).as("nothing half written is left").isEmpty();
        }
        on.close();
    }

    // ---- By itself

    @Test
    void anUploadAnswersHowItStandsInAnInput() throws IOException {
        var answer = upload("hello", "/v1/files?name=a.txt", "Content-Type", "text/plain");

        assertThat(answer.status()).isEqualTo(201);
        FileRef file = FileRef.of(answer.json()).orElseThrow();
        assertThat(file).isEqualTo(new FileRef("a.txt", HELLO_SHA, 5, "text/plain"));
        assertThat(content(HELLO_SHA)).isEqualTo("hello");

        var job =
                on.post(
                        "/v1/jobs",
                        "{\"tool\":\"draw\",\"input\":{\"text\":%s}}".formatted(answer.json()));
        assertThat(job.status()).as("%s", job.json()).isEqualTo(202);
    }

    @Test
    void aNameWithAFolderIsRefused() {
        for (String name : new String[] {"..%2Fa", "a%2Fb", "..", "%00", "a%5Cb"}) {
            var answer = upload("hello", "/v1/files?name=" + name);
            assertThat(answer.status()).as(name).isEqualTo(400);
        }
        assertThat(on.artifacts.open(HELLO_SHA)).isEmpty();
    }

    @Test
    void anEmptyFileIsAFile() {
        assertThat(upload("", "/v1/files").json().at("/$file/size").intValue()).isZero();
    }

    @Test
    void aFileThatIsTooLargeIsRefusedByItsHeader() throws IOException {
        String head = "POST /v1/files HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\n\r\n";
        // Not a byte of the body is sent: the answer comes all the same.
        assertThat(raw(head)).startsWith("HTTP/1.1 413 ").contains("input_too_large");
    }

    @Test
    void aFileThatTurnsOutTooLargeIsRefused() {
        var endless = new ByteArrayInputStream(new byte[MAX + 1]);
        var answer =
                on.send(on.request("/v1/files").POST(BodyPublishers.ofInputStream(() -> endless)));

        assertThat(answer.status()).isEqualTo(413);
        var fits = new ByteArrayInputStream(new byte[MAX]);
        assertThat(
                        on.send(
                                        on.request("/v1/files")
                                                .POST(BodyPublishers.ofInputStream(() -> fits)))
                                .status())
                .isEqualTo(201);
    }

    @Test
    void aFileThatBreaksOffIsNotKept() throws IOException {
        for (String head : new String[] {"Content-Length: 1000", "Transfer-Encoding: chunked"}) {
            String body = head.startsWith("T") ? "5\r\nhello\r\n" : "hello";
            String answer =
                    raw("POST /v1/files HTTP/1.1\r\nHost: x\r\n" + head + "\r\n\r\n" + body);
            assertThat(answer).as(head).doesNotStartWith("HTTP/1.1 2");
        }
        assertThat(on.artifacts.open(HELLO_SHA)).isEmpty();
    }

    // ---- With a submit

    @Test
    void aFormSubmitsAJobWithItsFiles() throws IOException {
        var answer =
                form(
                        file("text", "C:\\fakepath\\a.txt", "hello"),
                        job("{\"tool\":\"draw\",\"input\":{\"times\":2}}"),
                        file("/more/0", "b.txt", "one"),
                        file("/more/-", "c.txt", "two"));

        assertThat(answer.status()).as("%s", answer.json()).isEqualTo(202);
        JsonNode input =
                on.get("/v1/jobs/" + answer.json().path("id").stringValue()).json().path("input");
        assertThat(input.path("times").intValue()).isEqualTo(2);
        FileRef text = FileRef.of(input.path("text")).orElseThrow();
        assertThat(text).isEqualTo(new FileRef("a.txt", HELLO_SHA, 5, "text/plain"));
        assertThat(input.path("more").size()).isEqualTo(2);
        FileRef last = FileRef.of(input.at("/more/1")).orElseThrow();
        assertThat(content(last.sha256())).isEqualTo("two");
    }

    @Test
    void theIdempotencyKeyHoldsForAFormToo() {
        String job = job("{\"tool\":\"draw\",\"idempotency_key\":\"k\"}");
        var first = form(job, file("text", "a", "hello"));
        var again = form(file("text", "a", "hello"), job);
        var other = form(job, file("text", "a", "hallo"));

        assertThat(again.json().path("id")).isEqualTo(first.json().path("id"));
        assertThat(other.status()).isEqualTo(409);
    }

    @Test
    void whatIsWrongWithAFormIsTold() {
        String job = job("{\"tool\":\"draw\",\"input\":{\"text\":\"t\",\"more\":[]}}");
        assertRefused(422, "is required: the job", form(file("text", "a", "hello")));
        assertRefused(422, "given in the job", form(job, file("text", "a", "hello")));
        assertRefused(422, "no place in a list", form(job, file("/more/7", "a", "hello")));
        assertRefused(422, "neither object nor list", form(job, file("/text/x", "a", "x")));
        assertRefused(422, "there twice", form(job, file("x", "a", "1"), file("x", "a", "2")));
        assertRefused(422, "there twice", form(job, job));
        assertRefused(422, "is no file", form(job, part("times", "", "3")));
        assertRefused(422, "filename", form(job, file("x", "..", "3")));
        assertRefused(422, "/input/nope", form(job, file("nope", "a", "x")));
        assertRefused(400, "no JSON", form(job("{")));
        assertRefused(413, "more than 10,000", form(job("\"" + "x".repeat(20_000) + "\"")));
        assertRefused(413, "more than 300,000", form(job, file("x", "a", "x".repeat(MAX))));
        assertThat(on.store.list(JobFilter.ALL, "", 10)).isEmpty();
    }

    @Test
    void aFormThatBreaksOffSubmitsNothing() {
        String whole = job("{\"tool\":\"draw\"}") + file("text", "a", "hello") + "--b--\r\n";
        for (int cut = 0; cut < whole.length() - 4; cut += 7) {
            var answer = send(whole.substring(0, cut));
            assertThat(answer.status()).as("cut at %d", cut).isBetween(400, 499);
        }
        assertThat(send(whole).status()).isEqualTo(202);
        assertThat(on.store.list(JobFilter.ALL, "", 10)).hasSize(1);
    }

    @Test
    void aFormWithoutABoundaryIsRefused() {
        var answer =
                on.send(
                        on.request("/v1/jobs", "Content-Type", "multipart/form-data")
                                .POST(BodyPublishers.ofString("--b\r\n")));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(
                        upload("x", "/v1/files", "Content-Type", "multipart/form-data; boundary=b")
                                .status())
                .isEqualTo(415);
    }

    private static void assertRefused(int status, String text, Running.Answer answer) {
        assertThat(answer.json().toString()).contains(text);
        assertThat(answer.status()).as(text).isEqualTo(status);
    }

    private Running.Answer form(String... parts) {
        return send(String.join("", parts) + "--b--\r\n");
    }

    private Running.Answer send(String body) {
        return on.send(
                on.request("/v1/jobs", "Content-Type", "multipart/form-data; boundary=b")
                        .POST(BodyPublishers.ofString(body)));
    }

    private static String job(String json) {
        return part("job", "", json);
    }

    private static String file(String field, String name, String content) {
        return part(field, "; filename=\"" + name + "\"", content);
    }

    private static String part(String field, String more, String content) {
        return "--b\r\nContent-Disposition: form-data; name=\"%s\"%s\r\n%s\r\n%s\r\n"
                .formatted(
                        field, more, more.isEmpty() ? "" : "Content-Type: text/plain\r\n", content);
    }

    private Running.Answer upload(String content, String path, String... headers) {
        HttpRequest.Builder request = on.request(path, headers);
        return on.send(request.POST(BodyPublishers.ofString(content)));
    }

    private String content(String sha256) throws IOException {
        try (InputStream in = on.artifacts.open(sha256).orElseThrow()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Sends this and no more, and reads to the end. */
    private String raw(String text) throws IOException {
        try (var client = new Socket(InetAddress.getLoopbackAddress(), on.server.port())) {
            client.setSoTimeout(30_000);
            client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            client.getOutputStream().flush();
            client.shutdownOutput();
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
