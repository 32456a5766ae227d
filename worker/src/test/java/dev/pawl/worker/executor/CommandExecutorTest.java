package dev.pawl.worker.executor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.pawl.core.Artifact;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Outcome;
import dev.pawl.tool.FileRef;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("process")
@Timeout(60)
final class CommandExecutorTest {
    @TempDir Path data;
    private Commands commands;
    private final RecordingAttempt attempt = new RecordingAttempt("{\"n\": 9007199254740993.10}");

    @BeforeEach
    void open() {
        commands = new Commands(data);
    }

    @Test
    void bothOutputsAreTheLog() throws Exception {
        Outcome outcome = commands.shell("echo one; echo two >&2; printf three").run(attempt);

        assertThat(outcome).isEqualTo(new Outcome.Succeeded("{}", List.of()));
        assertThat(attempt.lines)
                .containsExactlyInAnyOrder("stdout: one", "stderr: two", "stdout: three");
    }

    @Test
    void progressLinesAreProgressAndNoLog() throws Exception {
        commands.shell(
                        """
                        echo 'pawl: progress 0.4 linking'
                        echo 'pawl: progress 1'
                        echo 'pawl: progress 1.5 too far'
                        echo 'pawl: progress'\
                        """)
                .run(attempt);

        assertThat(attempt.progress).containsExactly("0.4 linking", "1.0 ");
        assertThat(attempt.lines)
                .containsExactly("stdout: pawl: progress 1.5 too far", "stdout: pawl: progress");
    }

    @Test
    void argumentsReachTheProgramAsTheyAre() throws Exception {
        commands.argv("printf", "%s\\n", "a b", "$HOME; rm -rf *", "ü\"'").run(attempt);

        assertThat(attempt.lines)
                .containsExactly("stdout: a b", "stdout: $HOME; rm -rf *", "stdout: ü\"'");
    }

    @Test
    void inputIsReadFromItsFileEveryDigitKept() throws Exception {
        commands.shell("cat \"$PAWL_INPUT\"").run(attempt);

        assertThat(attempt.lines).containsExactly("stdout: {\"n\": 9007199254740993.10}");
    }

    @Test
    void outputIsWhatWasWrittenToItsFile() throws Exception {
        Outcome outcome = commands.shell("echo ' {\"a\": 1.10} ' > \"$PAWL_OUTPUT\"").run(attempt);

        assertThat(outcome).isEqualTo(new Outcome.Succeeded("{\"a\": 1.10}", List.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "echo '{\"a\": 1' > $PAWL_OUTPUT          | line 2",
                "echo '{} {}' > $PAWL_OUTPUT              | line 1",
                ": > $PAWL_OUTPUT                         | empty",
                "printf '\"\\377\"' > $PAWL_OUTPUT        | not UTF-8",
                "echo '{\"a\":1,\"a\":2}' > $PAWL_OUTPUT  | line 1",
                "ln -s /etc/passwd $PAWL_OUTPUT           | not a plain file",
                "mkfifo $PAWL_OUTPUT                      | not a plain file",
                "head -c 1048577 /dev/zero > $PAWL_OUTPUT | longer than 1048576 bytes",
            })
    void unusableOutputIsAPermanentErrorThatSaysWhy(String script, String why) throws Exception {
        Outcome outcome = commands.shell(script).run(attempt);

        assertFailed(outcome, ErrorClass.PERMANENT, "PAWL_OUTPUT", why);
    }

    @ParameterizedTest
    @CsvSource({
        "1, TRANSIENT",
        "3, TRANSIENT",
        "64, USER",
        "65, USER",
        "75, TRANSIENT",
        "78, CONFIGURATION",
        "126, CONFIGURATION",
        "127, CONFIGURATION",
        "9, PERMANENT",
        "66, TRANSIENT",
    })
    void theExitCodeSaysTheClass(int code, ErrorClass kind) throws Exception {
        commands.exits(Map.of(9, ErrorClass.PERMANENT, 66, ErrorClass.TRANSIENT));

        Outcome outcome = commands.shell("echo no such font >&2; exit " + code).run(attempt);

        assertFailed(outcome, kind, "command exited with " + code + ": no such font");
    }

    @Test
    void aCommandEndedByASignalIsTransientAndSaysTheSignal() throws Exception {
        assertFailed(commands.shell("kill -9 $$").run(attempt), ErrorClass.TRANSIENT, "by SIGKILL");
    }

    @Test
    void aMissingProgramIsAConfigurationErrorThatNamesThePackage() throws Exception {
        commands.requires("plantuml", "graphviz");

        Outcome outcome = commands.argv("plantuml-nowhere", "-x").run(attempt);

        assertFailed(
                outcome,
                ErrorClass.CONFIGURATION,
                "\"plantuml-nowhere\"",
                "apt install plantuml graphviz");
    }

    @Test
    void aFileThatIsNoProgramIsAConfigurationError() throws Exception {
        Path file = Files.writeString(data.resolve("text"), "text");

        Outcome outcome = commands.argv(file.toString()).run(attempt);

        assertFailed(outcome, ErrorClass.CONFIGURATION, file.toString(), "can't be executed");
    }

    @Test
    void argumentsLongerThanTheSystemTakesAreAUserError() throws Exception {
        Outcome outcome = commands.argv("echo", "x".repeat(300_000)).run(attempt);

        assertFailed(outcome, ErrorClass.USER, "PAWL_INPUT");
    }

    @Test
    void onlyAllowedVariablesReachTheCommand() throws Exception {
        commands.workerEnvironment(
                        Map.of(
                                "PATH", System.getenv("PATH"),
                                "LC_ALL", "C.UTF-8",
                                "DB_PASSWORD", "secret",
                                "FONTS", "/fonts"))
                .allowed("FONTS", "NOT_SET")
                .fixed(Map.of("MODE", "fast"));

        commands.argv("env").run(attempt);

        assertThat(attempt.lines)
                .extracting(line -> line.replaceAll("stdout: |=.*", ""))
                .containsExactlyInAnyOrder(
                        "PATH",
                        "LC_ALL",
                        "FONTS",
                        "MODE",
                        "PAWL_JOB",
                        "PAWL_ATTEMPT",
                        "PAWL_TOOL",
                        "PAWL_CORRELATION_ID",
                        "PAWL_INPUT",
                        "PAWL_OUTPUT",
                        "PAWL_LEASE",
                        "PAWL_DATA",
                        "PAWL_WORKER");
        assertThat(attempt.lines)
                .contains(
                        "stdout: PAWL_TOOL=test@1",
                        "stdout: PAWL_CORRELATION_ID=flow-7",
                        "stdout: MODE=fast");
    }

    @Test
    void theWorkingFolderIsEmptyAtFirstAndGoneAtTheEnd() throws Exception {
        commands.shell(
                        """
                        pwd; ls -A
                        mkdir -p deep/er; touch deep/er/file; chmod 500 deep/er; ln -s / root\
                        """)
                .run(attempt);

        assertThat(attempt.lines).hasSize(1);
        assertThat(Path.of(attempt.await(""))).doesNotExist();
        assertThat(data.resolve("attempts")).isEmptyDirectory();
        assertThat(data.resolve("commands")).isEmptyDirectory();
    }

    @Test
    void standardInputIsTheTextGiven() throws Exception {
        commands.stdin(new CommandLine.Stdin.Text("ä".repeat(100_000)));

        commands.shell("wc -c").run(attempt);

        assertThat(attempt.await("")).isEqualTo("200000");
    }

    @Test
    void withoutStandardInputThereIsNothingToRead() throws Exception {
        assertThat(commands.argv("cat").run(attempt)).isInstanceOf(Outcome.Succeeded.class);
    }

    @Test
    void standardOutputBecomesAnArtifactAndNoLog() throws Exception {
        commands.stdoutName("out/all.bin");

        Outcome outcome = commands.shell("head -c 300000 /dev/zero; echo done >&2").run(attempt);

        assertThat(kept(outcome)).extracting(Artifact::name).containsExactly("out/all.bin");
        assertThat(kept(outcome).getFirst().sizeBytes()).isEqualTo(300_000);
        assertThat(attempt.lines).containsExactly("stderr: done");
    }

    @Test
    void anArtifactNameThatLeadsOutsideIsRefusedBeforeTheStart() throws Exception {
        commands.stdoutName("../../x.png");

        Outcome outcome = commands.shell("echo ran >&2").run(attempt);

        assertFailed(outcome, ErrorClass.PERMANENT, "../../x.png");
        assertThat(attempt.lines).isEmpty();
    }

    @Test
    void aFileOfTheInputIsACopyUnderItsOwnName() throws Exception {
        Artifact kept = keep("@startuml");
        var file = new FileRef("login.puml", kept.sha256(), kept.sizeBytes(), "");
        var run = new RecordingAttempt("{\"d\": " + file.node() + "}");

        commands.filled((_, files) ->
                        new CommandLine(
                                List.of(
                                        "sh",
                                        "-c",
                                        "cat $0; echo; cat; echo; echo x > $0;"
                                                + " cat $PAWL_INPUT",
                                        String.valueOf(files.get(file))),
                                new CommandLine.Stdin.Text("in"),
                                ""))
                .run(run);

        assertThat(run.lines).startsWith("stdout: @startuml", "stdout: in");
        assertThat(run.lines.getLast()).matches("stdout: \\{\"d\":\"/.*/login.puml\"}");
        assertThat(commands.artifacts.verify(kept)).isTrue();
    }

    @Test
    void aDamagedFileOfTheInputIsNotRunWith() throws Exception {
        Artifact kept = keep("@startuml");
        Files.writeString(commands.artifacts.file(kept.sha256()).orElseThrow(), "@end");
        var file = new FileRef("a", kept.sha256(), kept.sizeBytes(), "");

        Outcome outcome =
                commands.shell("echo ran")
                        .run(new RecordingAttempt("{\"d\": " + file.node() + "}"));

        assertFailed(outcome, ErrorClass.INFRASTRUCTURE, "\"a\"", "damaged");
    }

    private Artifact keep(String text) {
        return commands.artifacts.put("a", "", new ByteArrayInputStream(text.getBytes(UTF_8)));
    }

    static List<Artifact> kept(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Succeeded(var _, var artifacts) -> artifacts;
            case Outcome.Failed(var _, var artifacts) -> artifacts;
            case Outcome.Snoozed _ -> List.of();
        };
    }

    static void assertFailed(Outcome outcome, ErrorClass kind, String... parts) {
        assertThat(outcome)
                .asInstanceOf(type(Outcome.Failed.class))
                .satisfies(failed -> {
                    assertThat(failed.error().message()).contains(parts);
                    assertThat(failed.error().kind()).isEqualTo(kind);
                });
    }
}
