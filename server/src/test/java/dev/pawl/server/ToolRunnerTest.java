package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Artifact;
import dev.pawl.core.Claim;
import dev.pawl.core.ClaimedJob;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.LeaseId;
import dev.pawl.core.LogLine;
import dev.pawl.core.Outcome;
import dev.pawl.core.Progress;
import dev.pawl.core.ToolId;
import dev.pawl.server.toolrunner.Scripts;
import dev.pawl.server.toolrunner.ToolRunner;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The tool-runner front as its clients see it, over real HTTP; the test is the worker. */
@OnEachStore
final class ToolRunnerTest {
    private static final String BUILD_GRAPH =
            """
            #!/usr/bin/env python3
            \"""Builds a graph.\"""
            import argparse
            parser = argparse.ArgumentParser(description=__doc__)
            parser.add_argument("-f", "--format", action="append", choices=["json", "dot", "html"],
                                help="what to " "write")
            parser.add_argument('--category', default='all')
            parser.add_argument("--depth", type=int, default=3, help="how deep (default: %(default)s)")
            parser.add_argument("--pagerank", action="store_true")  # not add_argument("--nothing")
            """;

    @TempDir Path folder;
    private final Deque<ClaimedJob> running = new ArrayDeque<>();
    private long claims;
    private Running on;

    private final StoreKind kind;

    ToolRunnerTest(StoreKind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void start() throws IOException {
        Path scripts = Files.createDirectory(folder.resolve("scripts"));
        Files.writeString(scripts.resolve("build_graph.py"), BUILD_GRAPH);
        Files.writeString(scripts.resolve("export_all.py"), "print('never run')\n");
        Files.writeString(
                scripts.resolve("export_all.yaml"),
                """
                display_name: Export
                description: Exports.
                output_files: ["out/*.zip"]
                tags: [a, b]
                complexity: low
                cache: 1h
                estimated_time: 1 minute
                parameters: [{name: to, required: true, description: where}]
                """);
        Path greet = scripts.resolve("greet");
        Files.writeString(greet, "#!/bin/sh\n# Says hello.\necho hello\n");
        assertThat(greet.toFile().setExecutable(true)).isTrue();
        Files.writeString(scripts.resolve("_shared.py"), "no tool");
        Files.writeString(scripts.resolve("notes.txt"), "no tool");
        Scripts found = Scripts.of(scripts);
        assertThat(found.problems()).isEmpty();
        Front front = new ToolRunner(found);
        on = new Running(kind, folder, ServerOptions.defaults(), List.of(front), found.tools());
    }

    @AfterEach
    void stop() {
        assertThat(on.get("/health").status()).as("it is healthy afterwards").isEqualTo(200);
        on.close();
    }

    @TestFactory
    List<DynamicTest> itSpeaksItsContract() throws IOException {
        return new HttpScript(on, "job_id", this::act).tests("tool-runner.http");
    }

    /** What a worker does. */
    private void act(List<String> words) {
        String rest = String.join(" ", words.subList(1, words.size()));
        switch (words.getFirst()) {
            case "claim" -> running.push(claim(rest));
            case "progress" -> {
                var progress = new Progress(Double.parseDouble(rest), "working", on.store.now());
                var _ = on.store.progress(running.element().token(), progress);
            }
            case "log" -> {
                var line = new LogLine(1, 0, on.store.now(), LogLine.Stream.STDOUT, rest);
                var _ = on.store.log(running.element().token(), List.of(line));
            }
            case "succeed" -> end(new Outcome.Succeeded("{}", List.of(artifact(rest))));
            case "fail" -> end(Outcome.failed(ErrorClass.PERMANENT, rest));
            default -> throw new IllegalArgumentException(words.toString());
        }
    }

    private ClaimedJob claim(String tool) {
        var want = new Claim.Want(Set.of(new ToolId(tool, "1")), Set.of(), Set.of(), 1);
        var lease = new LeaseId(new UUID(7, claims++));
        return on.engine
                .claim(new Claim(lease, "w", Duration.ofMinutes(1), List.of(want), Set.of()))
                .jobs()
                .getFirst();
    }

    private void end(Outcome outcome) {
        on.engine.end(List.of(on.engine.ending(running.pop(), "w", outcome)));
    }

    private Artifact artifact(String name) {
        byte[] bytes = "<!doctype html>".getBytes(StandardCharsets.UTF_8);
        return on.artifacts.put(name, "text/html", new ByteArrayInputStream(bytes));
    }

    @Test
    void aFileThatAJobMadeIsAnswered() {
        String id = run("{\"tool_name\": \"greet\"}");
        act(List.of("claim", "greet"));
        act(List.of("succeed", "greet.html"));

        var file = on.get("/api/jobs/" + id + "/files/greet.html");

        assertThat(file.status()).isEqualTo(200);
        assertThat(file.header("Content-Type")).isEqualTo("text/html");
        assertThat(on.get("/api/jobs/" + id + "/files/..%2fgreet.html").status()).isIn(400, 404);
    }

    @Test
    void itsFiguresTellHowLongToolsAndRequestsTook() {
        run("{\"tool_name\": \"greet\"}");
        act(List.of("claim", "greet"));
        act(List.of("succeed", "greet.html"));
        on.get("/api/jobs/no-id");

        String text = new String(on.get("/metrics").response().body(), StandardCharsets.UTF_8);

        assertThat(text.lines())
                .contains(
                        "tool_execution_duration_seconds_count{tool_name=\"greet\"} 1",
                        "http_requests_total{method=\"POST\",endpoint=\"/api/run\",status=\"200\"}"
                                + " 1",
                        "http_errors_total{method=\"GET\",endpoint=\"/api/jobs/{id}\",status=\"404\"}"
                            + " 1")
                .anyMatch(line -> line.startsWith("http_request_duration_seconds_sum{"));
    }

    @Test
    void aBodyThatIsTooLargeOrOfAnotherTypeIsRefusedInTheFrontsWords() {
        var large = on.post("/api/run", "{\"tool_name\": \"" + "x".repeat(11 << 20) + "\"}");
        var form = on.send(on.request("/api/run").POST(BodyPublishers.ofString("{}")));

        assertThat(large.status()).isEqualTo(413);
        assertThat(large.json().path("detail").stringValue()).contains("bytes");
        assertThat(form.status()).isEqualTo(415);
        assertThat(form.json().path("detail").isString()).isTrue();
    }

    @Test
    void metricsCountEachStatusOnce() {
        run("{\"tool_name\": \"greet\"}");
        run("{\"tool_name\": \"greet\"}");
        var text = new String(on.get("/metrics").response().body(), StandardCharsets.UTF_8);

        assertThat(text)
                .contains("tool_executions_total{tool_name=\"greet\",status=\"pending\"} 2\n");
        assertThat(text).contains("celery_queue_length 2.0\n");
    }

    @Test
    void aKeptResultAnswersTheSameCallAndIsCounted() {
        run("{\"tool_name\": \"export_all\", \"parameters\": {\"to\": \"here\"}}");
        act(List.of("claim", "export_all"));
        act(List.of("succeed", "out.zip"));
        run("{\"tool_name\": \"export_all\", \"parameters\": {\"to\": \"there\"}}");
        run("{\"tool_name\": \"greet\"}");

        String again = run("{\"tool_name\": \"export_all\", \"parameters\": {\"to\": \"here\"}}");

        assertThat(on.get("/api/jobs/" + again).json().path("status").asString())
                .isEqualTo("completed");
        var text = new String(on.get("/metrics").response().body(), StandardCharsets.UTF_8);
        assertThat(text).contains("cache_hits_total 1\n", "cache_misses_total 2\n");
    }

    private String run(String body) {
        return on.post("/api/run", body).json().path("job_id").stringValue();
    }
}
