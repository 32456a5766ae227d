package dev.pawl.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.ToolId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ToolsTest {
    @TempDir Path folder;

    @Test
    void versionsStandSideBySideAndTheNewestIsFoundByName() {
        write("draw/1.9.yaml", "tool: draw@1.9\nrun: {java: x}");
        write("draw/1.10.yaml", "tool: draw@1.10\nrun: {java: x}");
        write("draw/1.10-rc1.yaml", "tool: draw@1.10-rc1\nrun: {java: x}");
        write("send.yaml", "tool: send@2\nrun: {java: x}");

        var tools = tools();

        assertThat(tools.all())
                .extracting(t -> t.id().toString())
                .containsExactly("draw@1.10", "draw@1.10-rc1", "draw@1.9", "send@2");
        assertThat(found(tools, "draw")).isEqualTo("draw@1.10");
        assertThat(found(tools, "draw@1.9")).isEqualTo("draw@1.9");
        assertThat(tools.find(new ToolId("send", "2"))).isPresent();
        assertThat(tools.newest()).hasSize(2);
    }

    @Test
    void anUnknownToolNamesTheNearest() {
        write("plantuml.yaml", "tool: plantuml@1\nrun: {java: x}");

        assertThat(tools().find("platnuml"))
                .isEqualTo(
                        new Lookup.Unknown(
                                "no tool is called \"platnuml\"; did you mean \"plantuml\"?",
                                "plantuml"));
        assertThat(tools().find("zzz"))
                .isEqualTo(new Lookup.Unknown("no tool is called \"zzz\"; known: plantuml", ""));
    }

    @Test
    void aToolWhoseFileHasAMistakeIsAnsweredWithThatMistake() {
        write("draw.yaml", "tool: draw@1\nrun: {comand: [ls]}");
        write("send/1.yaml", "tool: send@1\nrun: {java: x}");
        write("send/2.yaml", "tool: send@2\nrun: {}");

        var tools = tools();

        assertThat(message(tools, "draw"))
                .contains(
                        "tool \"draw\" can't be used: ",
                        "draw.yaml:2:7: unknown key \"comand\"; did you mean \"command\"?");
        assertThat(message(tools, "send@2"))
                .contains("tool \"send@2\" can't be used: ", "2.yaml:2:1: run has none");
        assertThat(message(tools, "send@3")).contains("has no version \"3\"");
        assertThat(found(tools, "send")).isEqualTo("send@1");
    }

    private static String message(Tools tools, String name) {
        return tools.find(name) instanceof Lookup.Unknown(var message, var _) ? message : "found";
    }

    @Test
    void anUnknownVersionNamesTheVersionsThereAre() {
        write("draw/1.yaml", "tool: draw@1\nrun: {java: x}");
        write("draw/2.yaml", "tool: draw@2\nrun: {java: x}");

        assertThat(tools().find("draw@3"))
                .isEqualTo(
                        new Lookup.Unknown(
                                "tool \"draw\" has no version \"3\"; did you mean \"draw@2\"? It"
                                        + " has: 2, 1",
                                "draw@2"));
    }

    @Test
    void aFileWithAMistakeLeavesTheOthersAlone() {
        write("bad.yaml", "tool: bad@1\nrun: {java: x}\ntitel: y");
        write("good.json", "{\"tool\": \"good@1\", \"run\": {\"java\": \"x\"}}");
        write("notes.txt", "no tool");

        var tools = tools();

        assertThat(tools.all()).extracting(t -> t.id().name()).containsExactly("good");
        assertThat(tools.problems())
                .singleElement()
                .satisfies(p -> assertThat(p.file()).isEqualTo(folder.resolve("bad.yaml")))
                .satisfies(p -> assertThat(p.line()).isEqualTo(3));
    }

    @Test
    void aFileThatBreaksKeepsItsLastGoodToolAndShowsTheProblem() {
        write("draw.yaml", "tool: draw@1\ntitle: good\nrun: {java: x}");
        var tools = tools();

        write("draw.yaml", "tool: draw@1\ntitle: broken\nrun: {jvaa: x}");
        assertThat(tools.reload()).isTrue();

        assertThat(tools.all()).extracting(Tool::title).containsExactly("good");
        assertThat(tools.problems()).isNotEmpty();

        write("draw.yaml", "tool: draw@1\ntitle: mended again\nrun: {java: x}");
        assertThat(tools.reload()).isTrue();

        assertThat(tools.all()).extracting(Tool::title).containsExactly("mended again");
        assertThat(tools.problems()).isEmpty();
    }

    @Test
    void aFileThatIsGoneTakesItsToolWithIt() throws IOException {
        write("draw.yaml", "tool: draw@1\nrun: {java: x}");
        var tools = tools();

        Files.delete(folder.resolve("draw.yaml"));
        assertThat(tools.reload()).isTrue();

        assertThat(tools.all()).isEmpty();
    }

    @Test
    void anUnchangedFileIsNotReadAgain() throws IOException {
        write("draw.yaml", "tool: draw@1\nrun: {java: x}");
        var tools = tools();
        Tool before = tools.all().getFirst();
        FileTime time = Files.getLastModifiedTime(folder.resolve("draw.yaml"));

        write("draw.yaml", "tool: draw@1\nrun: {java: y}");
        Files.setLastModifiedTime(folder.resolve("draw.yaml"), time);
        assertThat(tools.reload()).isFalse();

        assertThat(tools.all().getFirst()).isSameAs(before);
    }

    @Test
    void aLaterFolderReplacesAnEarlierOne() {
        write("a/draw.yaml", "tool: draw@1\ntitle: first\nrun: {java: x}");
        write("b/draw.yaml", "tool: draw@1\ntitle: second\nrun: {java: x}");

        var tools = Tools.of(List.of(folder.resolve("a"), folder.resolve("b")), Map.of());

        assertThat(tools.all()).extracting(Tool::title).containsExactly("second");
        assertThat(tools.problems()).isEmpty();
    }

    @Test
    void twoFilesOfOneFolderCannotSayTheSameTool() {
        write("draw.yaml", "tool: draw@1\nrun: {java: x}");
        write("draw/1.yaml", "tool: draw@1\nrun: {java: x}");

        var tools = tools();

        assertThat(tools.all()).hasSize(1);
        assertThat(tools.problems())
                .singleElement()
                .satisfies(p -> assertThat(p.reason()).contains("tool is draw@1, as in"));
    }

    @Test
    void aFolderThatIsNotThereIsAProblem() {
        var tools = Tools.of(List.of(folder.resolve("nope")), Map.of());

        assertThat(tools.problems())
                .extracting(ToolProblem::reason)
                .containsExactly("there is no such tools folder");
    }

    @Test
    void aFileThatIsNoUtf8OrTooLargeIsTold() throws IOException {
        Files.write(folder.resolve("a.yaml"), new byte[] {'t', (byte) 0xff});
        Files.write(folder.resolve("b.yaml"), new byte[2 << 20]);

        assertThat(tools().problems())
                .extracting(ToolProblem::reason)
                .containsExactly("is no UTF-8 text", "has 2,097,152 bytes");
    }

    private Tools tools() {
        return Tools.of(List.of(folder), Map.of());
    }

    private static String found(Tools tools, String name) {
        return switch (tools.find(name)) {
            case Lookup.Found(var tool) -> tool.id().toString();
            case Lookup.Unknown(var message, var _) -> message;
        };
    }

    private void write(String name, String text) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
