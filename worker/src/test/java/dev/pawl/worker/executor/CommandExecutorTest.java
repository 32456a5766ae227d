package dev.pawl.worker.executor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.pawl.core.Artifact;
import dev.pawl.core.ErrorClass;
import dev.pawl.core.Outcome;
import dev.pawl.tool.FileRef;
import dev.pawl.tool.Run;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
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

        assertThat(attempt.lines).containsExactly("stdout: {\"n\":9007199254740993.10}");
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
        Outcome unnamed = commands.argv("plantuml-nowhere", "-x").run(attempt);
        Outcome named =
                commands.requires(
                                new Run.Requirement("sh", "dash", null),
                                new Run.Requirement("dot-nowhere", "graphviz", null))
                        .shell("echo ran")
                        .run(attempt);

        assertFailed(unnamed, ErrorClass.CONFIGURATION, "\"plantuml-nowhere\"", "install it");
        assertFailed(named, ErrorClass.CONFIGURATION, "\"dot-nowhere\"", "apt install graphviz");
        assertThat(attempt.lines).isEmpty();
    }

    @Test
    void aProgramIsRequiredOnlyWhenTheStandardInputAsksForIt() throws Exception {
        var pattern = Pattern.compile("digraph");
        commands.requires(new Run.Requirement("dot-nowhere", "graphviz", pattern));

        Outcome without = commands.stdin(Tools.text("a -> b")).argv("cat").run(attempt);
        Outcome with = commands.stdin(Tools.text("x digraph y")).argv("cat").run(attempt);

        assertThat(without).isInstanceOf(Outcome.Succeeded.class);
        assertFailed(with, ErrorClass.CONFIGURATION, "graphviz");
    }

    @Test
    void theFirstSignThatIsFoundDecidesWhateverTheExitCode() throws Exception {
        commands.signs(
                sign(Run.Stream.STDOUT, "^%!", ErrorClass.USER, "", List.of()),
                sign(
                        Run.Stream.LOG,
                        "font .* missing",
                        ErrorClass.CONFIGURATION,
                        "a font is" + " missing",
                        List.of("fonts-x")),
                sign(Run.Stream.LOG, "warn", ErrorClass.PERMANENT, "", List.of()));

        Outcome log = commands.shell("echo warn >&2; echo 'font A missing'").run(attempt);
        Outcome head = commands.stdoutName("o").shell("echo '%! bad'; exit 3").run(attempt);
        Outcome none = commands.shell("echo fine; exit 3").run(attempt);

        assertFailed(log, ErrorClass.CONFIGURATION, "a font is missing; install fonts-x (Debian");
        assertFailed(head, ErrorClass.USER, "%!");
        assertFailed(none, ErrorClass.TRANSIENT, "exited with 3");
    }

    @Test
    void anOutputThatIsNotAsPromisedIsAPermanentErrorThatNamesTheField() throws Exception {
        commands.output(
                """
                {"type": "object", "required": ["pages"],
                 "properties": {"pages": {"type": "integer"}}}\
                """);

        Outcome wrong = commands.shell("echo '{\"pages\": \"x\"}' > $PAWL_OUTPUT").run(attempt);
        Outcome missing = commands.shell("true").run(attempt);
        Outcome right = commands.shell("echo '{\"pages\": 3}' > $PAWL_OUTPUT").run(attempt);

        assertFailed(wrong, ErrorClass.PERMANENT, "output/pages");
        assertFailed(missing, ErrorClass.PERMANENT, "pages");
        assertThat(right).isInstanceOf(Outcome.Succeeded.class);
    }

    @Test
    void theInputFollowsAsFlags() throws Exception {
        var run = new RecordingAttempt("{\"title\": \"a b\", \"deep\": true, \"no\": false}");

        commands.flags().argv("printf", "%s\\n").run(run);

        assertThat(run.lines).containsExactly("stdout: --title", "stdout: a b", "stdout: --deep");
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
                .fixed("MODE", "fast");

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
                        "TRACEPARENT",
                        "PAWL_INPUT",
                        "PAWL_OUTPUT",
                        "PAWL_LEASE",
                        "PAWL_DATA_ID",
                        "PAWL_WORKER");
        assertThat(attempt.lines)
                .contains(
                        "stdout: PAWL_TOOL=test@1",
                        "stdout: PAWL_CORRELATION_ID=flow-7",
                        "stdout: TRACEPARENT=" + RecordingAttempt.TRACE,
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
        commands.stdin(Tools.text("ä".repeat(100_000)));

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
    void aFileOfTheInputIsReadFromACopy() throws Exception {
        Artifact kept = keep("@startuml");
        var file = new FileRef("login.puml", kept.sha256(), kept.sizeBytes(), "");
        var run = new RecordingAttempt("{\"d\": " + file.node() + "}");
        commands.stdin(Tools.input("d"));

        commands.words(
                        Tools.text("sh"),
                        Tools.text("-c"),
                        Tools.text("cat $0; echo; cat; echo; echo x > $0; cat $PAWL_INPUT"),
                        Tools.path("d"))
                .run(run);

        assertThat(run.lines).startsWith("stdout: @startuml", "stdout: @startuml");
        assertThat(run.lines.getLast()).matches("stdout: \\{\"d\":\"/.*/files/file-1\"}");
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

    private static Run.Sign sign(
            Run.Stream stream,
            String pattern,
            ErrorClass kind,
            String message,
            List<String> packages) {
        return new Run.Sign(stream, Pattern.compile(pattern), kind, message, packages);
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
