package dev.pawl.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.ErrorClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Starts the commands of the shipped tools and of the examples as a worker would. */
@Tag("process")
final class ShippedToolsRunTest {
    @TempDir Path folder;

    @Test
    void plantumlDrawsAFileAsAPictureOfItsName() throws Exception {
        Ran ran =
                run(
                        "plantuml",
                        file("diagram", "login.puml", "@startuml\nAlice -> Bob: hello\n@enduml\n"));

        assertThat(ran.error).isEmpty();
        assertThat(ran.stdoutName).isEqualTo("login.png");
        assertThat(Files.readAllBytes(ran.stdout)).startsWith(0x89, 'P', 'N', 'G');
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
        assertThat(run("plantuml", file("diagram", "x.puml", diagram)).error)
                .contains(ErrorClass.USER);
    }

    @Test
    void aPageThatIsNotThereIsTheUsersError() throws Exception {
        JsonNode input = Json.read("{\"diagram\":\"A -> B\",\"page\":3}");

        assertThat(run("plantuml", input).error).contains(ErrorClass.USER);
    }

    @Test
    void thePythonExampleCountsWords() throws Exception {
        Ran ran = run("word-count", file("text", "hamlet.txt", "To be, or not to be"));

        assertThat(ran.error).isEmpty();
        assertThat(Json.read(ran.output).path("words").asInt()).isEqualTo(6);
        assertThat(Files.readString(folder.resolve("words.csv"))).contains("be,2");
        assertThat(Files.readString(ran.stdout)).contains("pawl: progress 0.5 counting");
        assertThat(Shipped.tool("word-count").output().errors(Json.read(ran.output))).isEmpty();
    }

    @Test
    void theShellExampleTakesEveryWordAsItIs() throws Exception {
        Ran ran =
                run(
                        "greet",
                        Json.read(
                                "{\"name\":\"$(id) 'Ada'\",\"times\":2,\"loud\":true,\"also\":[\"x"
                                        + " y\"]}"));

        assertThat(ran.error).isEmpty();
        assertThat(Files.readString(ran.stdout)).isEqualTo("Hello, $(id) 'Ada', x y!\n".repeat(2));
    }

    private record Ran(Optional<ErrorClass> error, String stdoutName, Path stdout, String output) {}

    private Ran run(String name, JsonNode input) throws IOException, InterruptedException {
        Tool tool = Shipped.tool(name);
        var command = (Run.Command) tool.run();
        JsonNode whole =
                switch (tool.input().check(input)) {
                    case Checked.Valid(var completed) -> completed.node();
                    case Checked.Invalid(var errors) -> throw new AssertionError(errors);
                };
        var files = new FolderFiles(folder);
        var values = new TemplateValues(whole, "job-1", 1, files);
        Path stdin = Files.createFile(folder.resolve("in"));
        if (command.stdin().isPresent())
            try (var content = command.stdin().get().open(values)) {
                Files.write(stdin, content.readAllBytes());
            }
        Path json = folder.resolve("input.json");
        Files.writeString(json, tool.inputWithPaths(whole, files).toString());
        var builder =
                new ProcessBuilder(tool.argv(values))
                        .directory(folder.toFile())
                        .redirectInput(stdin.toFile())
                        .redirectOutput(folder.resolve("out").toFile())
                        .redirectError(folder.resolve("log").toFile());
        builder.environment()
                .putAll(
                        Map.of(
                                "PAWL_INPUT", json.toString(),
                                "PAWL_OUTPUT", folder.resolve("output.json").toString()));
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        Path output = folder.resolve("output.json");
        return new Ran(
                error(command, process.exitValue()),
                command.stdout().map(t -> t.text(values)).orElse(""),
                folder.resolve("out"),
                Files.exists(output) ? Files.readString(output) : "");
    }

    /** What the exit code and the signs say of the run. */
    private Optional<ErrorClass> error(Run.Command command, int exit) throws IOException {
        for (Run.Sign sign : command.signs()) {
            String file =
                    switch (sign.stream()) {
                        case LOG -> "log";
                        case STDIN -> "in";
                        case STDOUT -> "out";
                    };
            byte[] content = Files.readAllBytes(folder.resolve(file));
            String text = new String(content, java.nio.charset.StandardCharsets.ISO_8859_1);
            if (sign.pattern().matcher(text).find()) return Optional.of(sign.kind());
        }
        if (exit == 0) return Optional.empty();
        return Optional.of(command.exits().getOrDefault(exit, ErrorClass.PERMANENT));
    }

    private JsonNode file(String property, String name, String text) {
        FileRef ref = new FolderFiles(folder).keep(name, text);
        return JsonNodeFactory.instance.objectNode().set(property, ref.node());
    }
}
