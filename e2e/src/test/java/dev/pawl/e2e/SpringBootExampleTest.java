package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.JobState;
import dev.pawl.core.SystemTime;
import dev.pawl.store.postgres.PostgresOptions;
import dev.pawl.store.postgres.PostgresStore;
import dev.pawl.testkit.PostgresServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The example of a Spring Boot application, built and run by the commands of its README. */
@Tag("process")
@Timeout(900)
final class SpringBootExampleTest {
    private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");
    private static final Duration POLL = Duration.ofMillis(50);

    @TempDir Path folder;
    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void aPurchaseAndItsJobAreOneTransaction() throws Exception {
        Path root = Path.of(System.getProperty("pawl.root", "..")).toRealPath();
        Path example = copyOf(root.resolve("examples/spring-boot"));
        run(root, "mvn -q -B -Dfast=library -DskipTests -pl store,worker,artifact -am install");
        run(example, "mvn -q -B package");
        String database = PostgresServer.shared().freshDatabase();
        try (var shop = start(example, database);
                var store = PostgresStore.open(PostgresOptions.of(database).withConnections(2))) {
            URI purchases =
                    URI.create(
                            "http://127.0.0.1:%s/purchases"
                                    .formatted(shop.prints(STARTED, new SystemTime()).group(1)));

            assertThat(place(purchases, "clock").body()).startsWith("{\"id\":1,\"job\":\"");
            assertThat(place(purchases, "sundial").statusCode()).isEqualTo(409);
            awaitBill(purchases, shop);

            assertThat(store.counts())
                    .singleElement()
                    .satisfies(count -> {
                        assertThat(count.state()).isEqualTo(JobState.Name.SUCCEEDED);
                        assertThat(count.jobs()).isEqualTo(1);
                    });
            assertThat(store.violations()).isEmpty();
        } finally {
            PostgresServer.shared().drop(database);
        }
    }

    private PawlProcess start(Path example, String database) throws Exception {
        return PawlProcess.start(
                folder,
                Files.createFile(folder.resolve("empty")),
                Map.of(),
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        example.resolve("target/shop.jar").toString(),
                        "--server.port=0",
                        "--shop.files=" + folder.resolve("files"),
                        "--spring.datasource.url=" + database));
    }

    private HttpResponse<String> place(URI purchases, String item) throws Exception {
        var wish = BodyPublishers.ofString("{\"item\": \"%s\", \"quantity\": 2}".formatted(item));
        return http.send(
                HttpRequest.newBuilder(purchases)
                        .header("Content-Type", "application/json")
                        .POST(wish)
                        .build(),
                BodyHandlers.ofString());
    }

    private void awaitBill(URI purchases, PawlProcess shop) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(purchases + "/1")).build();
        while (!http.send(request, BodyHandlers.ofString())
                .body()
                .contains("\"bill\":\"2 x clock\"")) {
            assertThat(shop.alive()).as(shop::said).isTrue();
            Thread.sleep(POLL);
        }
    }

    private Path copyOf(Path example) throws Exception {
        Path copy = folder.resolve("example");
        try (Stream<Path> files = Files.walk(example)) {
            for (Path file : files.filter(f -> !f.startsWith(example.resolve("target"))).toList())
                Files.copy(file, copy.resolve(example.relativize(file)));
        }
        return copy;
    }

    private void run(Path in, String command) throws Exception {
        Path output = Files.createTempFile(folder, "run-", ".log");
        var builder =
                new ProcessBuilder(command.split(" "))
                        .directory(in.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(8, TimeUnit.MINUTES)).as(command).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as("%s: %s", command, Files.readString(output)).isZero();
    }
}
