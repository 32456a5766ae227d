package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The completion script in a real bash: what the Tab key would offer. */
@Tag("process")
@Timeout(300)
final class CompletionTest {
    /** Offers for the words of a line, of which the last is the one under the cursor. */
    private static final String OFFER =
            """
            source <(./pawl completion bash) || exit 9
            [[ $(complete -p ./pawl) == *_pawl* ]] || exit 8
            COMP_WORDS=("$@")
            COMP_CWORD=$(($# - 1))
            _pawl
            printf '%s\\n' "${COMPREPLY[@]}"
            """;

    @TempDir Path folder;

    @BeforeEach
    void pawlAndTools() throws Exception {
        Path tools = Files.createDirectory(folder.resolve("my-tools"));
        Files.writeString(
                tools.resolve("draw.yaml"),
                """
                tool: draw@1
                input:
                  type: object
                  properties:
                    colour: {enum: [red, green]}
                    corners: {type: integer}
                    filled: {type: boolean}
                run: {command: [cat]}
                """);
        Files.writeString(tools.resolve("drop.yaml"), "tool: drop@1\nrun: {command: [cat]}\n");
        Files.createFile(folder.resolve("login.puml"));
        Path pawl = folder.resolve("pawl");
        Files.writeString(
                pawl,
                "#!/usr/bin/env bash\nexec '%s' -Dpawl.tools=my-tools -cp '%s' dev.pawl.app.Main \"$@\"\n"
                        .formatted(
                                Path.of(System.getProperty("java.home"), "bin", "java"),
                                PawlProcess.classpath()));
        Files.setPosixFilePermissions(pawl, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void theFirstWordsAreCommands() throws Exception {
        assertThat(offered("./pawl", "")).contains("run", "submit", "worker", "jobs", "doctor");
        assertThat(offered("./pawl", "ver")).containsExactly("version");
        assertThat(offered("./pawl", "jobs", "l")).containsExactlyInAnyOrder("list", "logs");
        assertThat(offered("./pawl", "jobs", "list", "--sta")).containsExactly("--state");
        assertThat(offered("./pawl", "doctor", "--da")).containsExactly("--data");
    }

    @Test
    void afterRunAndSubmitComeTheToolsAndTheirFlags() throws Exception {
        assertThat(offered("./pawl", "run", "")).containsExactlyInAnyOrder("draw", "drop");
        assertThat(offered("./pawl", "submit", "dra")).containsExactly("draw");
        assertThat(offered("./pawl", "run", "draw", "--co"))
                .containsExactlyInAnyOrder(
                        "--colour", "--corners", "--color", "--config", "--correlation-id");
        assertThat(offered("./pawl", "run", "draw", "--fil")).containsExactly("--filled");
        assertThat(offered("./pawl", "run", "drop", "--fil")).isEmpty();
    }

    @Test
    void aValueIsAFileOrAChoice() throws Exception {
        assertThat(offered("./pawl", "run", "draw", "--colour", "@log"))
                .containsExactly("@login.puml");
        assertThat(offered("./pawl", "jobs", "list", "--color", "a"))
                .containsExactlyInAnyOrder("auto", "always");
        assertThat(offered("./pawl", "jobs", "list", "--data", "my")).containsExactly("my-tools");
    }

    private List<String> offered(String... words) throws Exception {
        var command = new java.util.ArrayList<>(List.of("bash", "-c", OFFER, "bash"));
        command.addAll(List.of(words));
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(printed).isZero();
        return printed.lines().filter(line -> !line.isBlank()).toList();
    }
}
