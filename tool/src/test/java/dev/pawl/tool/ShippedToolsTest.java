package dev.pawl.tool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.ErrorClass;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ShippedToolsTest {
    private final Tool plantuml = Shipped.tool("plantuml");
    private final Run.Command command = (Run.Command) plantuml.run();

    @Test
    void allLoadAndPassTheirOwnExamples() {
        Tools tools = Shipped.tools();

        assertThat(tools.problems()).isEmpty();
        assertThat(tools.all())
                .extracting(t -> t.id().toString())
                .contains("celsius@1", "greet@1", "plantuml@1", "word-count@1");
        for (Tool tool : tools.all()) {
            ToolCheck.Report report = ToolCheck.of(tool);
            assertThat(report.failures()).isEmpty();
            assertThat(report.validCount()).isPositive();
            assertThat(report.invalidCount()).isPositive();
        }
    }

    @Test
    void theCacheKeyOfPlantumlNamesTheVersionThatRuns() {
        assertThat(Shipped.PLANTUML).contains(plantuml.policy().cache().programVersion() + ".jar");
    }

    @Test
    void graphvizIsNeededForDotOnly() {
        Run.Requirement dot = command.requirements().getFirst();

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
                command.signs().stream()
                        .filter(s -> s.stream() == Run.Stream.LOG)
                        .filter(s -> s.pattern().matcher(line).find())
                        .findFirst()
                        .orElseThrow();

        assertThat(sign.kind()).isEqualTo(ErrorClass.CONFIGURATION);
        assertThat(sign.packages()).containsExactly("fontconfig", "fonts-dejavu-core");
    }

    @Test
    void anExampleThatGoesTheOtherWayIsReported() {
        Tool wrong =
                new Tool(
                        plantuml.id(),
                        "",
                        "",
                        plantuml.input(),
                        plantuml.output(),
                        plantuml.run(),
                        plantuml.policy(),
                        new Tool.Examples(
                                plantuml.examples().invalid(), plantuml.examples().valid()),
                        "test");

        ToolCheck.Report report = ToolCheck.of(wrong);

        assertThat(report.passed()).isFalse();
        assertThat(report.failures())
                .hasSize(6)
                .contains(
                        "valid example 1 {} is refused: /diagram is missing; want string (the"
                                + " diagram, or @file)",
                        "invalid example 1 {\"diagram\":\"Alice -> Bob: hello\"} is accepted");
    }
}
