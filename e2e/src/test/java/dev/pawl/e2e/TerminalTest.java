package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How {@code ./pawl} looks on a real terminal, which tmux is. */
@Tag("process")
@Timeout(600)
final class TerminalTest {
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration WAIT_MAX = Duration.ofMinutes(5);
    private static final String ESCAPE = "\033[";

    @TempDir Path folder;
    private String pawl = "";
    private int terminals;

    @BeforeEach
    void aToolAndTmux() throws Exception {
        requireTmux();
        Path root = Path.of(System.getProperty("pawl.root", "..")).toRealPath();
        pawl = root + "/pawl";
        Path tools = Files.createDirectory(folder.resolve("t"));
        Files.writeString(
                tools.resolve("slow.yaml"),
                """
                tool: slow@1
                input: {type: object, properties: {text: {type: string}}}
                run: {command: [sh, "{{tool.dir}}/slow.sh"]}
                """);
        Files.writeString(
                tools.resolve("slow.sh"),
                """
                echo "pawl: progress 0.4 linking"
                while [ ! -e %s/go ]; do sleep 0.05; done
                """
                        .formatted(folder));
    }

    @AfterEach
    void endTmux() throws Exception {
        run("tmux", "-S", socket(), "kill-server");
    }

    @Test
    void aRunShowsItsProgressInColourAndTakesItAwayAtTheEnd() throws Exception {
        open(60);
        type(pawl + " run slow --tools t; echo exit $?");

        String busy = await(screen -> screen.contains("40 %"));
        assertThat(busy).contains("██████░░░░░░░░  40 %", "slow@1 running: linking", ESCAPE);

        Files.createFile(folder.resolve("go"));
        String done = await(screen -> screen.contains("exit 0"));
        assertThat(done).contains("slow@1 succeeded in").doesNotContain("█");
    }

    @Test
    void ctrlCCancelsTheJobWithoutAWarning() throws Exception {
        open(100);
        type(pawl + " run slow --tools t; echo exit $?");
        await(screen -> screen.contains("40 %"));

        tmux("send-keys", "C-c");

        String done = await(screen -> screen.contains("exit 4"));
        assertThat(done).contains("slow@1 was cancelled").doesNotContain("WARN", "█");
    }

    @Test
    void aTableFitsTheTerminalAndHasColoursOnlyThere() throws Exception {
        Files.writeString(folder.resolve("inputs"), "{\"text\": \"a\"}\n".repeat(3));
        open(60);
        type(pawl + " submit slow --batch --tools t < inputs > ids; echo exit $?");
        await(screen -> screen.contains("exit 0"));
        List<String> ids = Files.readAllLines(folder.resolve("ids"));
        assertThat(ids).hasSize(3);

        String narrow = table();
        tmux("kill-server");
        open(200);
        String wide = table();
        type("clear; " + pawl + " jobs list | cat -v; echo piped $?");
        String piped = await(screen -> screen.contains("piped 0"));

        for (String id : ids) assertThat(plain(narrow)).contains(id);
        // Nothing is wrapped: beside the heading, each line begins with a job.
        assertThat(rows(narrow)).hasSize(3);
        assertThat(rows(wide)).hasSize(3).allMatch(row -> row.contains("slow@1"));
        assertThat(wide).contains(ESCAPE);
        assertThat(piped).contains("slow@1").doesNotContain("^[");
    }

    private String table() throws Exception {
        type("clear; " + pawl + " jobs list; echo listed $?");
        return await(screen -> screen.contains("listed 0"));
    }

    private static List<String> rows(String screen) {
        List<String> lines = plain(screen).lines().filter(line -> !line.isBlank()).toList();
        int heading = 0;
        while (!lines.get(heading).startsWith("ID") && !lines.get(heading).startsWith("JOB"))
            heading++;
        var rows = new ArrayList<String>();
        for (String line : lines.subList(heading + 1, lines.size())) {
            if (line.startsWith("listed")) break;
            assertThat(line).matches("[0-9a-f]{8}-.*");
            rows.add(line);
        }
        return rows;
    }

    private static String plain(String screen) {
        return screen.replaceAll("\033\\[[0-9;]*m", "");
    }

    /** Of the newest terminal: a server that is ending would take a session down with it. */
    private String socket() {
        return folder + "/tmux-" + terminals;
    }

    private void open(int columns) throws Exception {
        terminals++;
        run(
                "tmux",
                "-S",
                socket(),
                "-f",
                "/dev/null",
                "new-session",
                "-d",
                "-x",
                "" + columns,
                "-y",
                "40",
                "-c",
                folder.toString(),
                "env",
                "LC_ALL=C.UTF-8",
                "PS1=> ",
                "bash",
                "--norc");
    }

    private void type(String line) throws Exception {
        tmux("send-keys", "-l", line);
        tmux("send-keys", "Enter");
    }

    /** Waits for a screen that is as wanted; answers it with its colours. */
    private String await(Predicate<String> wanted) throws Exception {
        long begun = System.nanoTime();
        while (true) {
            String screen = tmux("capture-pane", "-p", "-e");
            if (wanted.test(plain(screen))) return screen;
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).as(screen).isLessThan(WAIT_MAX);
            Thread.sleep(POLL);
        }
    }

    private String tmux(String... words) throws Exception {
        var command = new ArrayList<>(List.of("tmux", "-u", "-S", socket()));
        command.addAll(List.of(words));
        return run(command.toArray(String[]::new));
    }

    private static String run(String... command) throws Exception {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().remove("TMUX");
        Process process = builder.start();
        process.getOutputStream().close();
        var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return printed;
    }

    private static void requireTmux() throws InterruptedException {
        try {
            var version = new ProcessBuilder("tmux", "-V").redirectErrorStream(true).start();
            if (version.waitFor() == 0) return;
        } catch (IOException e) {
            // It is not there; told below.
        }
        assertThat(System.getenv("PAWL_REQUIRE")).as("tmux is missing").isNotEqualTo("all");
        Assumptions.abort("SKIPPED: tmux is missing (Debian: apt install tmux)");
    }
}
