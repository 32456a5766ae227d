package dev.pawl.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.app.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code pawl up --front} takes and refuses; what it serves, other tests show. */
final class FrontsTest {
    @TempDir Path folder;
    private Path scripts = Path.of("");

    @BeforeEach
    void scripts() throws IOException {
        scripts = Files.createDirectory(folder.resolve("scripts"));
        Files.writeString(scripts.resolve("good.py"), "");
        Files.writeString(scripts.resolve("Bad.py"), "");
    }

    @Test
    void whatIsNoFrontIsRefusedBeforeAnythingIsServed() {
        assertThat(refusal("--front", "nothing:0")).contains("no front is called \"nothing\"");
        assertThat(refusal("--front", "tool-runner:")).contains("want NAME:PORT");
        assertThat(refusal("--front", "tool-runner:99999")).contains("want NAME:PORT");
        assertThat(refusal("--front", "tool-runner:0")).contains("--scripts");
    }

    private String refusal(String... flags) {
        var arguments = new String[flags.length + 3];
        System.arraycopy(new String[] {"up", "--port", "0"}, 0, arguments, 0, 3);
        System.arraycopy(flags, 0, arguments, 3, flags.length);
        var ended = new Typed(folder).type(arguments);
        assertThat(ended.code()).isEqualTo(ExitCode.USAGE);
        return ended.err();
    }

    @Test
    void aSecretThatIsTooShortToSignTokensIsRefusedWithoutBeingTold() {
        var ended =
                new Typed(folder)
                        .with("SECRET_KEY", "hush")
                        .type(
                                "up",
                                "--port",
                                "0",
                                "--front",
                                "tool-runner:0",
                                "--scripts",
                                "scripts");

        assertThat(ended.err()).contains("SECRET_KEY", "32").doesNotContain("hush");
        assertThat(ended.code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aFrontIsServedAndItsBadScriptsAreTold() {
        var typed = new Typed(folder);
        typed.whenWatching(_ -> typed.signal(1));

        var ended =
                typed.type("up", "--port", "0", "--front", "tool-runner:0", "--scripts", "scripts");

        assertThat(ended.err()).contains("Bad.py:1:1: tool name \"Bad\"");
        assertThat(ended.out()).contains("pawl serves front tool-runner at http://localhost:");
        assertThat(ended.code()).isEqualTo(ExitCode.SUCCEEDED);
    }

    @Test
    void whoWantsRhinoComputeAndNamesNoneIsTold() {
        var compute = sitefit().with("USE_COMPUTE", "true").type("compute", "--port", "0");

        assertThat(compute.code()).isEqualTo(ExitCode.USAGE);
        assertThat(compute.err()).contains("no address of Rhino.Compute is given", "COMPUTE_URL");
        var up =
                sitefit()
                        .with("USE_COMPUTE", "true")
                        .type("up", "--port", "0", "--front", "sitefit:0");
        assertThat(up.code()).isEqualTo(ExitCode.USAGE);
        assertThat(up.err()).contains("no address of Rhino.Compute is given");
    }

    @Test
    void theProxySaysWhatItAsksAndNamesContractsWithoutADefinition() {
        var typed =
                sitefit()
                        .with("USE_COMPUTE", "true")
                        .with("COMPUTE_URL", "http://localhost:1")
                        .with("COMPUTE_API_KEY", "secret-7");
        typed.whenWatching(_ -> typed.signal(1));

        var bare = typed.type("compute", "--port", "0");
        typed.with("COMPUTE_DEFINITIONS_PATH", "C:\\compute");
        var there = typed.type("compute", "--port", "0");

        assertThat(bare.out()).contains("(Rhino.Compute at http://localhost:1, 0 contracts)");
        assertThat(bare.err()).contains("ghlogic.ghx: is missing", "this contract is not served");
        assertThat(there.out()).contains("(Rhino.Compute at http://localhost:1, 2 contracts)");
        assertThat(bare.err() + there.err() + there.out()).doesNotContain("secret-7");
    }

    @Test
    void aContractWithABrokenSchemaIsNamedAndTheOthersAreServed() throws IOException {
        for (String version : new String[] {"1.0.0", "2.0.0"}) {
            Path contract = Files.createDirectories(folder.resolve("contracts/debug/" + version));
            Files.writeString(contract.resolve("inputs.schema.json"), "{}");
            Files.writeString(contract.resolve("outputs.schema.json"), "{}");
            Files.writeString(contract.resolve("manifest.json"), "{}");
            Files.writeString(
                    contract.resolve("bindings.json"), "{\"inputs\": [], \"outputs\": []}");
        }
        Path broken = folder.resolve("contracts/debug/2.0.0/inputs.schema.json");
        Files.writeString(broken, "{\"type\": \"objekt\"}");
        var typed = new Typed(folder);
        typed.whenWatching(_ -> typed.signal(1));

        var compute = typed.type("compute", "--port", "0", "--contracts", "contracts");
        var up =
                typed.type("up", "--port", "0", "--front", "sitefit:0", "--contracts", "contracts");

        assertThat(compute.out()).contains("(mock solver, 1 contracts)");
        assertThat(compute.err())
                .contains(broken + ": schema: /type", "this contract is not served");
        assertThat(up.out()).contains("pawl serves front sitefit at http://localhost:");
        assertThat(up.err()).contains(broken + ": schema: /type");
    }

    private Typed sitefit() {
        Path contracts =
                Path.of(System.getProperty("pawl.root"), "examples/sitefit/contracts")
                        .toAbsolutePath();
        return new Typed(folder).with("CONTRACTS_DIR", contracts.toString());
    }
}
