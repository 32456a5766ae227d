package dev.pawl.server.toolrunner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.ToolId;
import dev.pawl.tool.Tool;
import dev.pawl.tool.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a folder of scripts. */
final class ScriptsTest {
    @TempDir Path folder;

    @Test
    void aBadScriptIsNamedAndLeavesTheOthersAlone() throws IOException {
        write("good.py", "'''Good.'''");
        write("places.py", "p.add_argument('file')");
        write("Upper.py", "");
        write("broken.py", "# pawl:\n#   parameters: [oops\n");
        write("unknown.py", "# pawl:\n#   colour: red\n");
        write("typed.py", "# pawl:\n#   parameters: [{name: a, type: date}]\n");
        write("sorted.py", "# pawl:\n#   category: nonsense\n");
        write("leads_out.py", "# pawl:\n#   output_files: [../../x]\n");
        write("open.py", "# pawl:\n#   output_files: ['{a,b']\n");
        write("late.py", "# pawl:\n#   timeout: soon\n");

        var scripts = Scripts.of(folder);

        assertThat(scripts.all()).extracting(Script::name).containsExactly("good");
        assertThat(scripts.problems().stream().map(p -> p.file().getFileName() + ": " + p.reason()))
                .hasSize(9)
                .anyMatch(text -> text.startsWith("places.py: argument \"file\" has no flag"))
                .anyMatch(text -> text.startsWith("Upper.py: tool name \"Upper\""))
                .anyMatch(text -> text.startsWith("broken.py: header is no YAML"))
                .anyMatch(text -> text.startsWith("unknown.py: header says \"colour\""))
                .anyMatch(text -> text.startsWith("typed.py: parameter a is of type \"date\""))
                .anyMatch(text -> text.startsWith("sorted.py: category is \"nonsense\""))
                .anyMatch(text -> text.startsWith("leads_out.py: output file \"../../x\" leads"))
                .anyMatch(text -> text.startsWith("open.py: output file \"{a,b\" is no pattern"))
                .anyMatch(text -> text.startsWith("late.py: timeout is \"soon\""));
    }

    @Test
    void aFolderThatIsNotThereIsAProblem() {
        assertThat(Scripts.of(folder.resolve("none")).problems()).hasSize(1);
    }

    @Test
    void twoScriptsOfOneNameAreToldApart() throws IOException {
        write("same.py", "");
        Path other = write("same.sh", "#!/bin/sh\n");
        assertThat(other.toFile().setExecutable(true)).isTrue();

        var scripts = Scripts.of(folder);

        assertThat(scripts.all()).hasSize(1);
        assertThat(scripts.problems()).hasSize(1);
    }

    @Test
    void newChangedAndRemovedScriptsAreSeenWhenTheFolderIsReadAgain() throws IOException {
        Path one = write("one.py", "'''First.'''");
        write("two.py", "");
        var scripts = Scripts.of(folder);
        assertThat(scripts.reload()).isFalse();

        write("one.py", "'''Another text.'''");
        write("three.py", "");
        Files.delete(folder.resolve("two.py"));

        assertThat(scripts.reload()).isTrue();
        assertThat(scripts.all()).extracting(Script::name).containsExactly("one", "three");
        assertThat(scripts.tools().getFirst().description()).isEqualTo("Another text.");
        assertThat(scripts.find("two")).isEmpty();
        assertThat(scripts.find("one").orElseThrow().tool().source()).isEqualTo(one.toString());
        assertThat(scripts.reload()).isFalse();
    }

    @Test
    void aDescriptionBesideAScriptIsReadAgainToo() throws IOException {
        write("one.py", "");
        var scripts = Scripts.of(folder);

        write("one.yaml", "display_name: Number one");
        assertThat(scripts.reload()).isTrue();
        assertThat(scripts.tools()).extracting(Tool::title).containsExactly("Number one");

        write("one.yaml", "display_name: The first of all");
        assertThat(scripts.reload()).isTrue();
        assertThat(scripts.tools()).extracting(Tool::title).containsExactly("The first of all");
    }

    @Test
    void aScriptThatBreaksKeepsItsLastGoodFormAndIsAProblem() throws IOException {
        write("one.py", "'''Good.'''");
        var scripts = Scripts.of(folder);

        write("one.py", "# pawl:\n#   colour: red\n");
        assertThat(scripts.reload()).isTrue();
        assertThat(scripts.tools()).extracting(Tool::description).containsExactly("Good.");
        assertThat(scripts.problems()).hasSize(1);

        write("one.py", "'''Mended by now.'''");
        assertThat(scripts.reload()).isTrue();
        assertThat(scripts.tools()).extracting(Tool::description).containsExactly("Mended by now.");
        assertThat(scripts.problems()).isEmpty();
    }

    @Test
    void theToolsOfAServerSeeItWhenTheyAreReadAgain() throws IOException {
        var scripts = Scripts.of(folder);
        var tools = Tools.of(List.of(), Map.of(), List.of(), List.of(scripts));

        write("one.py", "");
        write("bad.py", "p.add_argument('file')");

        assertThat(tools.reload()).isTrue();
        assertThat(tools.find(new ToolId("one", "1"))).isPresent();
        assertThat(tools.problems()).isEqualTo(scripts.problems()).hasSize(1);
        assertThat(tools.reload()).isFalse();
    }

    @Test
    void theNameSaysTheCategory() {
        assertThat(Categories.of("build_graph")).isEqualTo("graph");
        assertThat(Categories.of("validate_links_x")).isEqualTo("graph");
        assertThat(Categories.of("check_titles")).isEqualTo("validation");
        assertThat(Categories.of("rename")).isEqualTo("other");
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
