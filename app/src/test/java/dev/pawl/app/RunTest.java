package dev.pawl.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.app.Typed.Ended;
import dev.pawl.app.cli.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code pawl run} and {@code pawl worker} with real commands. */
@Tag("process")
@Timeout(120)
final class RunTest {
    @TempDir Path folder;
    private Typed user;

    @BeforeEach
    void aFolderWithTools() {
        user =
                new Typed(folder)
                        .tool(
                                "copy",
                                """
                                tool: copy@1
                                input:
                                  type: object
                                  properties: {text: {type: string, contentMediaType: text/plain}}
                                run:
                                  command: [cat]
                                  stdin: "{{input.text}}"
                                  stdout: "{{input.text.name}}.out"
                                policy: {cache: {ttl: 1h}}
                                """)
                        .tool(
                                "fail",
                                """
                                tool: fail@1
                                run: {command: [sh, -c, "echo because of this >&2; exit 9"], exit: {9: user}}
                                """)
                        .tool("missing", "tool: missing@1\nrun: {command: [no-such-program]}\n")
                        .tool("sleep", "tool: sleep@1\nrun: {command: [sleep, \"60\"]}\n");
    }

    @Test
    void aJobRunsAndItsArtifactIsWhereItSays() throws Exception {
        user.file("a.txt", "hello");

        Ended ended = user.type("run", "copy", "--text", "@a.txt", "--out", "here");

        assertThat(ended.code()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(ended.out())
                .contains(
                        "copy@1 succeeded in",
                        "a.out  5 bytes",
                        "sha256 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
                        "./here/a.out");
        assertThat(Files.readString(folder.resolve("here/a.out"))).isEqualTo("hello");
    }

    @Test
    void theSameAgainIsAnsweredFromTheCacheAndSaysSo() {
        user.file("a.txt", "hello");
        user.type("run", "copy", "--text", "@a.txt");

        Ended again = user.type("run", "copy", "--text", "@a.txt");
        Ended json = user.type("run", "copy", "--text", "@a.txt", "--json");
        Ended fresh = user.type("run", "copy", "--text", "@a.txt", "--no-cache");

        assertThat(again.out()).contains("answered from the cache: job ");
        assertThat(json.out()).contains("\"cached\":true", "\"sha256\":\"2cf24d");
        assertThat(fresh.out()).contains("succeeded in");
        assertThat(user.type("cache", "list").out()).contains("copy@1");
    }

    @Test
    void aDeadJobShowsTheErrorAndTheEndOfItsLog() {
        Ended ended = user.type("run", "fail");

        assertThat(ended.code()).isEqualTo(ExitCode.DEAD);
        assertThat(ended.out()).contains("fail@1 is dead, user error", "| because of this");
    }

    @Test
    void aMissingProgramIsNamedAndTheJobCancelled() {
        Ended ended = user.type("run", "missing");

        assertThat(ended.code()).isEqualTo(ExitCode.REFUSED);
        assertThat(ended.err()).contains("\"no-such-program\"", "install");
        assertThat(user.type("jobs", "list").out()).contains("cancelled");
    }

    @Test
    void theFirstCtrlCCancelsTheJob() {
        user.whenWatching(_ ->
                Thread.ofVirtual()
                        .start(() -> {
                            while (user.type("jobs", "list", "--state", "running").out().isEmpty())
                                Thread.onSpinWait();
                            user.signal(1);
                        }));

        Ended ended = user.type("run", "sleep");

        assertThat(ended.code()).isEqualTo(ExitCode.CANCELLED);
        assertThat(ended.out()).contains("was cancelled");
        assertThat(ended.err()).doesNotContain("WARN");
    }

    @Test
    void aCtrlCBeforeTheSubmitLeavesNoJob() {
        user.whenWatching(_ -> user.signal(1));

        Ended ended = user.type("run", "sleep");

        assertThat(ended.code()).isEqualTo(ExitCode.CANCELLED);
        assertThat(ended.err()).isEmpty();
        assertThat(user.type("jobs", "list").out()).isEmpty();
    }

    @Test
    void aWaitThatIsOverLeavesTheJob() {
        Ended ended = user.type("run", "sleep", "--timeout", "300ms");

        assertThat(ended.code()).isEqualTo(ExitCode.TIMED_OUT);
        assertThat(user.type("jobs", "list").out()).contains("queued");
    }

    @Test
    void runsOfTheSameInputOnOneFolderShareOneAttempt() throws Exception {
        user.file("a.txt", "hello");
        var ends = new ArrayList<Future<Ended>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 4; i++)
                ends.add(
                        threads.submit(
                                () -> new Typed(folder).type("run", "copy", "--text", "@a.txt")));
        }

        for (Future<Ended> end : ends)
            assertThat(end.get().code()).as(end.get().err()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(user.type("jobs", "list").out().lines()).hasSize(4);
        assertThat(user.type("cache", "list").out().lines()).hasSize(1);
    }

    @Test
    void aWorkerRunsWhatWasSubmittedUntilItIsStopped() {
        String id = user.type("submit", "copy", "--text", "a").job().toString();
        user.whenWatching(_ ->
                Thread.ofVirtual()
                        .start(() -> {
                            while (!user.type("jobs", "show", id).out().contains("succeeded"))
                                Thread.onSpinWait();
                            user.signal(1);
                        }));

        Ended ended = user.type("worker", "--slots", "1");

        assertThat(ended.code()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(user.type("why", id).out()).contains("attempt 1 succeeded");
    }

    @Test
    void doctorFindsNothingWrongHereAndAFaultWhereThereIsOne() {
        user.type("submit", "copy", "--text", "a");

        Ended well = user.type("doctor");
        user.tool("broken", "tool: [\n");
        Ended broken = user.type("doctor");

        assertThat(well.out()).contains("every job is in exactly one place", "no live worker");
        assertThat(well.code()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(broken.code()).isEqualTo(ExitCode.FAULT);
    }
}
