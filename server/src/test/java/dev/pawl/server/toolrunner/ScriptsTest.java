package dev.pawl.server.toolrunner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
