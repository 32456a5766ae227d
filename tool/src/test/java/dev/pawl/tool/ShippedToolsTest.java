package dev.pawl.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.ErrorClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The tools that come with Pawl, and the examples, as they stand in the repository. */
final class ShippedToolsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final String PLANTUML =
            Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
                    .filter(entry -> entry.contains("plantuml-mit"))
                    .findFirst()
                    .orElseThrow();

    private final Tools tools =
            Tools.of(
                    List.of(ROOT.resolve("tools"), ROOT.resolve("examples/tools")),
                    Map.of("classpath.plantuml", PLANTUML));

    @TempDir Path folder;

    @Test
    void allLoadAndPassTheirOwnExamples() {
        assertThat(tools.problems()).isEmpty();
        assertThat(tools.all())
                .extracting(t -> t.id().toString())
                .containsExactly("celsius@1", "greet@1", "plantuml@1", "word-count@1");
        for (Tool tool : tools.all()) {
            ToolCheck.Report report = ToolCheck.of(tool);
            assertThat(report.failures()).isEmpty();
            assertThat(report.validCount()).isPositive();
            assertThat(report.invalidCount()).isPositive();
        }
    }

    @Test
    void theCacheKeyOfPlantumlNamesTheVersionThatRuns() {
        assertThat(PLANTUML).contains(plantuml().policy().cache().programVersion() + ".jar");
    }

    @Test
    void plantumlDrawsAFileAsAPictureOfItsName() throws Exception {
        Ran ran = run(file("login.puml", "@startuml\nAlice -> Bob: hello\n@enduml\n"));

        assertThat(ran.error()).isEmpty();
        assertThat(ran.stdoutName()).isEqualTo("login.png");
        assertThat(Files.readAllBytes(ran.stdout())).startsWith(0x89, 'P', 'N', 'G');
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@startuml\nAlice -> Bob: hello\nthis is -->>> nonsense\n@enduml\n",
                "@startuml\n!include /etc/hosts\nA -> B\n@enduml\n",
                "@startuml\n!include http://localhost/x.puml\nA -> B\n@enduml\n",
                "@startuml\nA -> B\n@enduml\n@startuml\nC -> D\n@enduml\n",
                "\n",
                "no diagram",
            })
    void aDiagramWithAMistakeIsTheUsersError(String diagram) throws Exception {
        assertThat(run(file("x.puml", diagram)).error()).contains(ErrorClass.USER);
    }

    @Test
    void aPageThatIsNotThereIsTheUsersError() throws Exception {
        JsonNode input = Json.read("{\"diagram\":\"A -> B\",\"page\":3}");

        assertThat(run(input).error()).contains(ErrorClass.USER);
    }

    @Test
    void graphvizIsNeededForDotOnly() {
        Run.Requirement dot = command().requirements().getFirst();

        assertThat(dot.debianPackage()).isEqualTo("graphviz");
        assertThat(dot.onlyWhenStdinMatches())
                .hasValueSatisfying(p -> {
                    assertThat(p.matcher("@startdot\ndigraph {}\n@enddot").find()).isTrue();
                    assertThat(p.matcher("@startuml\nclass A\n@enduml").find()).isFalse();
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "java.lang.RuntimeException: Fontconfig head is null, check your fonts or fonts"
                        + " configuration",
                "java.lang.Error: Probable fatal error: No physical fonts found."
            })
    void missingFontsAreAConfigurationErrorThatNamesThePackages(String line) {
        Run.Sign sign =
                command().signs().stream()
                        .filter(s ->
                                s.stream() == Run.Stream.LOG && s.pattern().matcher(line).find())
                        .findFirst()
                        .orElseThrow();

        assertThat(sign.kind()).isEqualTo(ErrorClass.CONFIGURATION);
        assertThat(sign.packages()).containsExactly("fontconfig", "fonts-dejavu-core");
    }

    private record Ran(Optional<ErrorClass> error, String stdoutName, Path stdout, String log) {}

    /** Runs the tool as a worker would: exit code and signs decide. */
    private Ran run(JsonNode input) throws IOException, InterruptedException {
        JsonNode whole =
                switch (plantuml().input().check(input)) {
                    case Checked.Valid(var completed) -> completed.node();
                    case Checked.Invalid(var errors) -> throw new AssertionError(errors);
                };
        var values = new TemplateValues(whole, "job-1", 1, new FolderFiles(folder));
        Path stdin = folder.resolve("in");
        Path stdout = folder.resolve("out");
        Path log = folder.resolve("log");
        try (var content = command().stdin().orElseThrow().open(values)) {
            Files.write(stdin, content.readAllBytes());
        }
        Process process =
                new ProcessBuilder(plantuml().argv(values))
                        .redirectInput(stdin.toFile())
                        .redirectOutput(stdout.toFile())
                        .redirectError(log.toFile())
                        .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ran(
                error(process.exitValue(), Files.readString(log), Files.readString(stdin)),
                command().stdout().orElseThrow().text(values),
                stdout,
                Files.readString(log));
    }

    private Optional<ErrorClass> error(int exit, String log, String stdin) {
        for (Run.Sign sign : command().signs()) {
            String text =
                    switch (sign.stream()) {
                        case LOG -> log;
                        case STDIN -> stdin;
                        case STDOUT -> "";
                    };
            if (sign.pattern().matcher(text).find()) return Optional.of(sign.kind());
        }
        if (exit == 0) return Optional.empty();
        return Optional.of(command().exits().getOrDefault(exit, ErrorClass.PERMANENT));
    }

    private JsonNode file(String name, String text) {
        FileRef ref = new FolderFiles(folder).keep(name, text);
        return JsonNodeFactory.instance.objectNode().set("diagram", ref.node());
    }

    private Tool plantuml() {
        return switch (tools.find("plantuml")) {
            case Lookup.Found(var tool) -> tool;
            case Lookup.Unknown(var message, var _) -> throw new AssertionError(message);
        };
    }

    private Run.Command command() {
        return (Run.Command) plantuml().run();
    }
}
