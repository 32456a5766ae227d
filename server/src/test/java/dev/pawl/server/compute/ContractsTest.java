package dev.pawl.server.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.PawlException;
import dev.pawl.tool.Checked;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ContractsTest {
    @TempDir private Path folder;

    @Test
    void theShippedContractsAreServedAndTheirExamplesSayWhatTheySchemasSay() {
        Contracts contracts = Contracts.of(Shipped.CONTRACTS);

        assertThat(contracts.problems()).isEmpty();
        assertThat(contracts.all())
                .extracting(Contract::name)
                .containsExactly("sitefit:1.0.0", "sitefit:1.1.0");
        for (Contract contract : contracts.all()) {
            assertThat(contract.valid()).isNotEmpty();
            assertThat(contract.invalid()).isNotEmpty();
        }
    }

    @Test
    void aContractKnowsItsDefaults() {
        Contract contract = Contracts.of(Shipped.CONTRACTS).find("sitefit", "1.0.0").orElseThrow();

        Checked checked = contract.inputs().check(Shipped.example("rectangles"));

        assertThat(checked).isInstanceOf(Checked.Valid.class);
        var inputs = ((Checked.Valid) checked).input().node();
        assertThat(inputs.path("rotation").toString())
                .isEqualTo("{\"min\":0,\"max\":180,\"step\":5}");
        assertThat(inputs.path("grid_step").asDouble()).isEqualTo(0.5);
        assertThat(inputs.path("seed").asInt()).isEqualTo(1);
        assertThat(contract.manifest().timeout()).hasSeconds(240);
        assertThat(contract.manifest().verticesMax()).isEqualTo(10_000);
    }

    @Test
    void aBrokenContractIsNamedAndTheOthersAreServed() throws IOException {
        copyOfDebug("good", "1.0.0");
        Path broken = copyOfDebug("broken", "1.0.0");
        write(broken.resolve("inputs.schema.json"), "{\"type\": \"objekt\"}");
        write(broken.resolve("outputs.schema.json"), "{");
        write(broken.resolve("manifest.json"), "{\"version\": \"2.0.0\", \"timeout_sec\": 0}");
        write(broken.resolve("bindings.json"), "{\"inputs\": [{\"jsonpath\": \"value\"}]}");
        Path bare = Files.createDirectories(folder.resolve("bare/1.0.0"));

        Contracts contracts = Contracts.of(folder);

        assertThat(contracts.all()).extracting(Contract::name).containsExactly("good:1.0.0");
        assertThat(contracts.problems())
                .noneMatch(ContractProblem::served)
                .extracting(problem -> folder.relativize(problem.file()) + " " + problem.reason())
                .anyMatch(line -> line.startsWith("broken/1.0.0/inputs.schema.json schema: /type"))
                .anyMatch(line -> line.startsWith("broken/1.0.0/outputs.schema.json can't be read"))
                .anyMatch(line -> line.contains("version is \"2.0.0\" in a folder called 1.0.0"))
                .anyMatch(line -> line.contains("timeout_sec is 0"))
                .anyMatch(line -> line.contains("inputs/0: jsonpath is \"value\", no path as"))
                .anyMatch(line -> line.contains("inputs/0: gh_param is missing"))
                .anyMatch(line -> line.contains("outputs is missing"))
                .contains(
                        folder.relativize(bare) + "/inputs.schema.json is missing",
                        folder.relativize(bare) + "/outputs.schema.json is missing",
                        folder.relativize(bare) + "/manifest.json is missing",
                        folder.relativize(bare) + "/bindings.json is missing");
    }

    @Test
    void bindingsWithAMistakeAreNamedAndTheOthersAreServed() throws IOException {
        copyOfDebug("good", "1.0.0");
        write(
                copyOfDebug("broken", "1.0.0").resolve("bindings.json"),
                """
                {"inputs": [{"jsonpath": "$.value[0]", "gh_param": "a", "type": "number"},
                            {"jsonpath": "$.value", "gh_param": "b", "type": "float"},
                            {"jsonpath": "$.value", "gh_param": "c"}],
                 "outputs": [{"output_path": "$", "gh_param": "d", "type": "json_string"}]}
                """);

        Contracts contracts = Contracts.of(folder);

        assertThat(contracts.all()).extracting(Contract::name).containsExactly("good:1.0.0");
        String known = "; known are [geometry.curve, integer, json_string, number, string]";
        assertThat(contracts.problems())
                .noneMatch(ContractProblem::served)
                .extracting(ContractProblem::reason)
                .containsExactly(
                        "inputs/0: jsonpath is \"$.value[0]\", no path as $.name or"
                                + " $.names[*].name",
                        "inputs/1: type is \"float\"" + known,
                        "inputs/2: type is missing" + known,
                        "outputs/0: output_path is \"$\", no path as $.name or $.names[*].name");
    }

    @Test
    void anExampleThatSaysOtherwiseIsNamedAndTheContractServed() throws IOException {
        Path contract = copyOfDebug("debug", "1.0.0");
        write(contract.resolve("examples/valid/five.json"), "{\"value\": -1}");
        write(contract.resolve("examples/invalid/text.json"), "{\"value\": 1}");

        Contracts contracts = Contracts.of(folder);

        assertThat(contracts.all()).hasSize(1);
        assertThat(contracts.problems())
                .allMatch(ContractProblem::served)
                .extracting(problem -> problem.file().getFileName().toString())
                .containsExactly("five.json", "text.json");
    }

    @Test
    void aNameThatIsNoneIsNamed() throws IOException {
        copyOfDebug("Debug", "1.0.0");

        Contracts contracts = Contracts.of(folder);

        assertThat(contracts.all()).isEmpty();
        assertThat(contracts.problems())
                .extracting(ContractProblem::reason)
                .anyMatch(reason -> reason.contains("\"Debug\""));
    }

    @Test
    void aFolderThatIsMissingIsAMistakeInTheConfiguration() {
        assertThatThrownBy(() -> Contracts.of(folder.resolve("none")))
                .isInstanceOf(PawlException.class)
                .hasMessageContaining("contracts folder");
    }

    private Path copyOfDebug(String name, String version) throws IOException {
        return ContractCopy.ofDebug(folder, name, version);
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
    }
}
