package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.SystemTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands with {@code --server}, each a process of its own, against {@code pawl up}. */
@Tag("process")
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ServerCommandsTest {
    private static final Pattern ADDRESS = Pattern.compile("pawl serves (http://localhost:\\d+)");
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}-[0-9a-f-]{27}");

    @TempDir static Path folder;
    private final SystemTime time = new SystemTime();
    private Path here = Path.of("");
    private Path empty = Path.of("");
    private PawlProcess up;
    private String server = "";

    @BeforeAll
    void serve() throws Exception {
        here = Files.createDirectory(folder.resolve("user"));
        empty = Files.createFile(folder.resolve("empty"));
        Path tools = Files.createDirectory(folder.resolve("tools"));
        Files.writeString(
                tools.resolve("copy.yaml"),
                """
                tool: copy@1
                title: Copies a text into a file
                input:
                  type: object
                  required: [text]
                  properties: {text: {type: string, contentMediaType: text/plain, description: "what, or @file"}}
                run:
                  command: [sh, "{{tool.dir}}/copy.sh"]
                  stdin: "{{input.text}}"
                  artifacts: ["*.txt"]
                policy: {cache: {ttl: 1h}, attempts: 1}
                examples: {valid: [{text: a}], invalid: [{}]}
                """);
        Files.writeString(
                tools.resolve("copy.sh"),
                """
                cat > copy.txt
                echo "took $(wc -c < copy.txt) bytes"
                grep -q fail copy.txt && exit 7
                echo '{"done": true}' > "$PAWL_OUTPUT"
                """);
        up = PawlProcess.start(folder, empty, List.of("up", "--port", "0", "--tools", "tools"));
        server = up.prints(ADDRESS, time).group(1);
    }

    @AfterAll
    void stop() {
        up.close();
    }

    @Test
    void aToolRunsOverThereAndItsArtifactsComeHere() throws Exception {
        Files.writeString(here.resolve("in.txt"), "hello over there");

        String first = pawl("run", "copy", "--text", "@in.txt", "--out", "got");
        String second = pawl("run", "copy", "--text", "@in.txt", "--out", "again");

        assertThat(first)
                .contains("copy@1 succeeded in", "./got/copy.txt", "output {\"done\":true}");
        assertThat(here.resolve("got/copy.txt")).hasContent("hello over there");
        assertThat(second).contains("answered from the cache");
        assertThat(here.resolve("again/copy.txt")).hasContent("hello over there");
        String answered = second.substring(second.lastIndexOf("  job "));
        assertThat(pawl("cache", "why", id(answered))).contains("answered from the cache");
        assertThat(pawl("cache", "list")).contains("copy@1");
    }

    @Test
    void aJobIsListedShownExplainedAndItsLogRead() throws Exception {
        String id = id(pawl("submit", "copy", "--text", "listed", "--tag", "seen"));

        assertThat(pawl("jobs", "logs", "-f", id)).contains("took 6 bytes");
        assertThat(pawl("jobs", "list", "--tag", "seen")).contains(id).contains("succeeded");
        assertThat(pawl("jobs", "show", id, "--json"))
                .contains("\"input\":{\"text\":\"listed\"}", "\"name\":\"copy.txt\"");
        assertThat(pawl("why", id)).startsWith("succeeded: ");
        assertThat(pawl("jobs", "tail", id)).contains("took 6 bytes").endsWith("succeeded\n");
    }

    @Test
    void aDeadJobEndsTheRunAsSuchAndCanBeRedrivenAndDiscarded() throws Exception {
        String said = ends(3, "run", "copy", "--text", "fail this");

        assertThat(said).contains("is dead", "took 9 bytes");
        String id = id(said);
        assertThat(pawl("jobs", "redrive", id)).contains("redriven (was dead)");
        assertThat(pawl("jobs", "logs", "-f", id)).contains("took 9 bytes");
        assertThat(pawl("jobs", "discard", id)).contains("discarded (was dead)");
        assertThat(ends(2, "jobs", "show", id)).contains("is not on this server");
    }

    @Test
    void aPausedQueueKeepsItsJobs() throws Exception {
        assertThat(pawl("queues", "pause", "night")).contains("queue night paused");
        String id = id(pawl("submit", "copy", "--text", "later", "--queue", "night"));

        assertThat(pawl("queues", "list")).contains("night\tpaused\t0\t1");
        assertThat(pawl("top")).contains("1 queued", "night");
        assertThat(pawl("why", id)).contains("paused");
        assertThat(pawl("jobs", "cancel", id)).contains("cancelled (was queued)");
        assertThat(ends(5, "jobs", "cancel", id)).contains("is cancelled");
        assertThat(pawl("queues", "resume", "night")).contains("queue night resumed");
    }

    @Test
    void whatIsWrongIsTheServersWord() throws Exception {
        assertThat(ends(2, "submit", "copi", "--text", "a")).contains("did you mean");
        assertThat(ends(2, "submit", "copy")).contains("text");
        assertThat(ends(2, "run", "copy", "--text", "@missing.txt")).contains("missing.txt");
    }

    @Test
    void aBatchComesFromStdin() throws Exception {
        Path lines =
                Files.writeString(
                        here.resolve("lines"), "{\"text\":\"1\"}\n{}\n{\"text\":\"2\"}\n");
        try (var batch =
                PawlProcess.start(
                        here, lines, List.of("submit", "copy", "--batch", "--server", server))) {
            assertThat(batch.ends()).as(batch::said).isEqualTo(2);
            assertThat(batch.printed()).contains("line 2: ").hasLineCount(3);
        }
    }

    @Test
    void whatIsThereIsShown() throws Exception {
        assertThat(pawl("tools", "list")).contains("copy@1\tcommand\tCopies a text into a file");
        assertThat(pawl("tools", "show", "copy")).contains("--text", "results are kept for 1 h");
        assertThat(pawl("tools", "check", "copy")).contains("1 valid and 1 invalid");
        assertThat(pawl("workers", "list")).contains("alive", "copy@1");
        assertThat(pawl("doctor")).contains("store", "server");
        assertThat(pawl("version")).contains("server ");
        assertThat(pawl("cache", "prune")).contains("results forgotten");
    }

    @Test
    void aProfileNamesTheServer() throws Exception {
        Path profiles = Files.createDirectories(here.resolve("config/pawl"));
        Files.writeString(profiles.resolve("office.yaml"), "remote: " + server + "\n");
        try (var listed =
                PawlProcess.start(
                        here,
                        empty,
                        List.of(),
                        Map.of("XDG_CONFIG_HOME", here.resolve("config").toString()),
                        "dev.pawl.app.Main",
                        List.of("tools", "list", "--profile", "office"))) {
            assertThat(listed.ends()).as(listed::said).isZero();
            assertThat(listed.printed()).contains("copy@1");
        }
    }

    @Test
    void aServerThatIsNotThereIsUnreachable() throws Exception {
        try (var listed =
                PawlProcess.start(
                        here, empty, List.of("jobs", "list", "--server", "http://localhost:1"))) {
            assertThat(listed.ends()).isEqualTo(6);
            assertThat(listed.printed()).contains("http://localhost:1", "`pawl up` starts one");
        }
        assertThat(here.resolve("pawl-data")).doesNotExist();
    }

    private String pawl(String... arguments) throws Exception {
        return ends(0, arguments);
    }

    private String ends(int code, String... arguments) throws Exception {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--server", server));
        try (var pawl = PawlProcess.start(here, empty, all)) {
            assertThat(pawl.ends()).as(pawl::said).isEqualTo(code);
            return pawl.printed();
        }
    }

    private static String id(String text) {
        var id = ID.matcher(text);
        assertThat(id.find()).as(text).isTrue();
        return id.group();
    }
}
