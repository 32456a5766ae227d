package dev.pawl.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Holds the arrows between modules and packages, and shows with planted faults that each rule can
 * fail.
 */
final class ArchitectureTest {
    private static final JavaClasses SHIPPED =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.pawl");

    private static final String PLANTED_ROOT = "dev.pawl.e2e.planted";
    private static final JavaClasses PLANTED = new ClassFileImporter().importPackages(PLANTED_ROOT);

    /** For each rule the planted class that breaks it. */
    private static final Map<String, String> FAULTS =
            Map.ofEntries(
                    Map.entry("arrows of core", "core.SeesStore"),
                    Map.entry("arrows of tool", "tool.ToolHelper"),
                    Map.entry("arrows of store", "store.SeesTool"),
                    Map.entry("arrows of artifact", "artifact.SeesTool"),
                    Map.entry("arrows of testkit", "testkit.SeesTool"),
                    Map.entry("arrows of worker", "worker.SeesStore"),
                    Map.entry("arrows of api", "api.SeesTool"),
                    Map.entry("arrows of server", "server.SeesStore"),
                    Map.entry("core is pure", "core.SpeaksSql"),
                    Map.entry("core starts no thread", "core.StartsThread"),
                    Map.entry("only store speaks JDBC", "core.SpeaksSql"),
                    Map.entry("connections are passed on", "core.Transactions"),
                    Map.entry("one clock", "core.ReadsClock"),
                    Map.entry("only app exits", "core.Exits"),
                    Map.entry("no cycles", "core.SeesStore"),
                    Map.entry("no vague class names", "tool.ToolHelper"),
                    Map.entry("no vague packages", "util.Unmarked"),
                    Map.entry("null-marked", "util.Unmarked"),
                    Map.entry("public is final", "core.OpenToAll"));

    @TestFactory
    Stream<DynamicTest> everyRuleHolds() {
        return new ArchitectureRules("dev.pawl")
                .all().entrySet().stream()
                        .map(rule ->
                                DynamicTest.dynamicTest(
                                        rule.getKey(), () -> rule.getValue().check(SHIPPED)));
    }

    @TestFactory
    Stream<DynamicTest> everyRuleFindsThePlantedFault() {
        return new ArchitectureRules(PLANTED_ROOT)
                .all().entrySet().stream()
                        .map(rule ->
                                DynamicTest.dynamicTest(
                                        rule.getKey(),
                                        () -> finds(rule.getKey(), rule.getValue())));
    }

    @Test
    void theImportSeesEveryShippedModule() {
        assertThat(SHIPPED)
                .extracting(type -> type.getPackageName())
                .contains(
                        "dev.pawl.core",
                        "dev.pawl.tool",
                        "dev.pawl.store",
                        "dev.pawl.artifact",
                        "dev.pawl.worker",
                        "dev.pawl.api",
                        "dev.pawl.server",
                        "dev.pawl.testkit",
                        "dev.pawl.app");
    }

    private static void finds(String name, ArchRule rule) {
        assertThat(FAULTS).as("a planted fault for each rule").containsKey(name);
        assertThat(rule.evaluate(PLANTED).getFailureReport().getDetails())
                .anyMatch(detail -> detail.contains(PLANTED_ROOT + "." + FAULTS.get(name)));
    }
}
