package dev.pawl.worker.executor;

import static dev.pawl.worker.executor.CommandExecutorTest.assertFailed;
import static dev.pawl.worker.executor.CommandExecutorTest.kept;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Artifact;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Outcome;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("process")
@Timeout(60)
final class CommandArtifactsTest {
    @TempDir Path data;
    private Commands commands;
    private final RecordingAttempt attempt = new RecordingAttempt("{}");

    @BeforeEach
    void open() {
        commands = new Commands(data);
    }

    @Test
    void filesThatMatchAreKeptByTheirPath() throws Exception {
        commands.patterns("*.html", "**/*.png");

        Outcome outcome =
                commands.shell(
                                """
                                mkdir -p img/deep; echo a > a.html; echo b > img/b.html
                                echo c > c.png; echo d > img/deep/d.png; echo e > e.txt\
                                """)
                        .run(attempt);

        assertThat(kept(outcome))
                .extracting(Artifact::name)
                .containsExactly("a.html", "c.png", "img/deep/d.png");
        assertThat(kept(outcome).getFirst().mediaType()).isEqualTo("text/html");
        assertThat(commands.artifacts.verify(kept(outcome).getFirst())).isTrue();
    }

    @Test
    void aLinkWithinTheFolderIsTheFileItLeadsTo() throws Exception {
        commands.patterns("latest.txt");

        Outcome outcome = commands.shell("echo abc > v1; ln -s v1 latest.txt").run(attempt);

        assertThat(kept(outcome)).extracting(Artifact::sizeBytes).containsExactly(4L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*        | ln -s /etc/passwd leak         | \"leak\" leads outside",
                "*        | ln -s / root                   | \"root\" leads outside",
                "*        | ln -s ../input.json in         | \"in\" leads outside",
                "*        | ln -s nowhere dangling         | \"dangling\" is a link that leads",
                "*        | mkfifo pipe                    | \"pipe\" is not a plain file",
                "*        | printf x > $(printf 'a\\tb')   | its name is not one",
                "*        | printf x > 'a\\b'              | its name is not one",
                "../*     | true                           | \"../*\" leads outside",
                "a/../b   | true                           | \"a/../b\" leads outside",
                "/etc/*   | true                           | \"/etc/*\" leads outside",
                "*        | for i in $(seq 1001); do : > $i; done | over 1000 files",
            })
    void whatIsNoFileOfTheFolderIsRefusedByName(String pattern, String script, String why)
            throws Exception {
        commands.patterns(pattern);

        Outcome outcome = commands.shell("echo good > good.txt; " + script).run(attempt);

        assertFailed(outcome, ErrorClass.PERMANENT, why);
        assertThat(kept(outcome)).isEmpty();
    }

    @Test
    void aFailedAttemptKeepsWhatItMade() throws Exception {
        commands.patterns("*.log").stdoutName("out.txt");

        Outcome outcome = commands.shell("echo a > a.log; echo half; exit 75").run(attempt);

        assertFailed(outcome, ErrorClass.TRANSIENT, "exited with 75");
        assertThat(kept(outcome)).extracting(Artifact::name).containsExactly("a.log", "out.txt");
    }

    @Test
    void aFailureIsReportedBeforeABadArtifact() throws Exception {
        commands.patterns("*");

        Outcome outcome = commands.shell("ln -s / root; exit 65").run(attempt);

        assertFailed(outcome, ErrorClass.USER, "exited with 65");
        assertThat(attempt.lines).anyMatch(line -> line.contains("\"root\" leads outside"));
    }
}
