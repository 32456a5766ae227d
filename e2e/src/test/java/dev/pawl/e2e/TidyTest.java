package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * Holds every file of the checkout to {@link Tidy}'s rules, and shows that each rule finds a
 * planted fault.
 */
final class TidyTest {
    private static final Path ROOT = Path.of(System.getProperty("pawl.root", ".")).toAbsolutePath();

    /**
     * Files that may be over a budget, each with its reason. One that no longer needs it must go.
     */
    private static final Map<String, String> LONG_FILES = Map.of();

    /** The same for files with a method over the budget. */
    private static final Map<String, String> LONG_METHODS = Map.of();

    @Test
    void noFileIsTooLong() {
        var complaints = complaints(TidyTest::budgeted, (_, text) -> Tidy.longFile(text));
        warnOfFilesThatGrow();
        assertThat(complaints.keySet()).as("%s", complaints).isEqualTo(LONG_FILES.keySet());
    }

    @Test
    void noMethodIsTooLong() {
        var complaints = complaints(path -> is(path, ".java"), (_, text) -> Tidy.longMethods(text));
        assertThat(complaints.keySet()).as("%s", complaints).isEqualTo(LONG_METHODS.keySet());
    }

    @Test
    void everyOpenEndHasAnIssue() {
        assertThat(complaints(path -> !is(path, ".md"), (_, text) -> Tidy.openEnds(text)))
                .isEmpty();
    }

    @Test
    void noFileNamesAPlaceOfOneMachine() {
        assertThat(complaints(_ -> true, (_, text) -> Tidy.placesOfOneMachine(text, ROOT)))
                .isEmpty();
    }

    @Test
    void everyLinkInTheDocsLeadsSomewhere() {
        assertThat(
                        complaints(
                                path -> is(path, ".md"),
                                (path, text) ->
                                        Tidy.deadLinks(text, path.resolveSibling("").normalize())))
                .isEmpty();
    }

    @Test
    void everyPackageSaysInAFewLinesWhatItIsFor() {
        assertThat(
                        complaints(
                                path -> path.endsWith("package-info.java"),
                                (_, text) -> Tidy.longPackageInfo(text)))
                .isEmpty();
        assertThat(
                        complaints(
                                path -> is(path, ".java") && path.toString().contains("/src/main/"),
                                (path, _) ->
                                        Files.exists(path.resolveSibling("package-info.java"))
                                                ? List.of()
                                                : List.of("has no package-info.java beside it")))
                .isEmpty();
    }

    @Test
    void aModuleWithCodeHasItsDependenciesAnalyzed() {
        assertThat(
                        complaints(
                                path -> path.endsWith("pom.xml"),
                                (path, text) ->
                                        text.contains("<mdep.analyze.skip>") && hasCode(path)
                                                ? List.of("skips the analysis but has code")
                                                : List.of()))
                .isEmpty();
    }

    @Test
    void everyRuleFindsThePlantedFault() {
        assertThat(Tidy.longFile("\n".repeat(601))).hasSize(1);
        assertThat(Tidy.longFile("\n".repeat(600))).isEmpty();
        assertThat(Tidy.longMethods(methodOf(70))).isEmpty();
        assertThat(Tidy.longMethods(methodOf(71))).containsExactly("m has 71 lines, want <= 70");
        assertThat(Tidy.openEnds("// TO" + "DO later")).hasSize(1);
        assertThat(Tidy.openEnds("// TO" + "DO (#12): later")).isEmpty();
        assertThat(Tidy.longPackageInfo("/**\n" + " * x\n".repeat(9) + " */")).hasSize(1);
        assertThat(Tidy.longPackageInfo("package a;")).hasSize(1);
    }

    @Test
    void placesOfOneMachineAreFound() {
        var checkout = Path.of("/some/where/pawl");
        assertThat(Tidy.placesOfOneMachine("see /ro" + "ot/.m2", checkout)).hasSize(1);
        assertThat(Tidy.placesOfOneMachine("see /ho" + "me/ann/x", checkout)).hasSize(1);
        assertThat(Tidy.placesOfOneMachine("https://re" + "gistry.x.org/y", checkout)).hasSize(1);
        assertThat(Tidy.placesOfOneMachine("cd /some/where else", checkout)).hasSize(1);
        assertThat(Tidy.placesOfOneMachine("a/some/where and /tmp/x", checkout)).isEmpty();
        assertThat(Tidy.placesOfOneMachine("in /tmp/pawl/x", Path.of("/tmp/pawl"))).hasSize(1);
    }

    @Test
    void deadLinksAreFound() {
        assertThat(Tidy.deadLinks("[a](no-such.md#part)", ROOT)).hasSize(1);
        assertThat(Tidy.deadLinks("[a](pom.xml) [b](https://a.b) [c](#d) `[e](f)`", ROOT))
                .isEmpty();
    }

    private static String methodOf(int lines) {
        return "class A {\nvoid m() {\n" + ";\n".repeat(lines - 2) + "}\n}\n";
    }

    private static Map<String, List<String>> complaints(
            Predicate<Path> wanted, BiFunction<Path, String, List<String>> rule) {
        assumeThat(ROOT.resolve("pom.xml")).exists();
        var complaints = new TreeMap<String, List<String>>();
        for (Path path : Tidy.files(ROOT)) {
            if (!wanted.test(path)) continue;
            var found = rule.apply(path, read(path));
            if (!found.isEmpty()) complaints.put(ROOT.relativize(path).toString(), found);
        }
        return complaints;
    }

    private static void warnOfFilesThatGrow() {
        for (Path path : Tidy.files(ROOT)) {
            if (!budgeted(path)) continue;
            var lines = read(path).lines().count();
            if (lines > Tidy.FILE_LINES_WARN)
                System.out.println(
                        "TidyTest: %s has %d lines; which decision could move out whole?"
                                .formatted(ROOT.relativize(path), lines));
        }
    }

    private static boolean budgeted(Path path) {
        return is(path, ".java") || is(path, ".sh") || is(path, ".js") || is(path, ".css");
    }

    /** A single class is a stub, and need not use yet what the module is to use. */
    private static boolean hasCode(Path pom) {
        var code = new ArrayList<Path>();
        for (Path path : Tidy.files(pom.resolveSibling("src/main"))) {
            if (is(path, ".java") && !path.endsWith("package-info.java")) code.add(path);
        }
        return code.size() > 1;
    }

    private static boolean is(Path path, String ending) {
        return path.toString().endsWith(ending);
    }

    /** As Latin-1, which no byte breaks; the rules look at ASCII only. */
    private static String read(Path path) {
        try {
            return Files.readString(path, java.nio.charset.StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
