package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.server.Front;
import dev.pawl.server.FrontPort;
import dev.pawl.server.toolrunner.Scripts;
import dev.pawl.server.toolrunner.ToolRunner;
import dev.pawl.tool.Tool;
import dev.pawl.tool.ToolSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The fronts that a call of {@code pawl up} asks for, and what was started for them. Closing ends
 * that.
 *
 * @param tools what they bring of tools, for the worker to run
 * @param sources the same, of tools that may change meanwhile
 * @param setups what they need beside themselves
 */
record Fronts(
        List<FrontPort> ports,
        List<Tool> tools,
        List<ToolSource> sources,
        List<SitefitSetup> setups)
        implements AutoCloseable {
    static final Flag<String> FRONT =
            Flag.text("--front", "NAME:PORT", "Serve that front too; may be repeated.").repeated();

    private static final Flag<Path> SCRIPTS =
            Flag.path("--scripts", "DIR", "The scripts that front tool-runner has for tools.");

    static final List<Flag<?>> FLAGS = List.of(FRONT, SCRIPTS, Compute.CONTRACTS);

    Fronts {
        ports = List.copyOf(ports);
        tools = List.copyOf(tools);
        sources = List.copyOf(sources);
        setups = List.copyOf(setups);
    }

    /** Makes each front; it listens to nothing yet. */
    static Fronts of(Call call) {
        var ports = new ArrayList<FrontPort>();
        var sources = new ArrayList<ToolSource>();
        var setups = new ArrayList<SitefitSetup>();
        try {
            for (AskedFront asked : asked(call))
                ports.add(
                        new FrontPort(
                                front(call, asked.name(), sources, setups),
                                asked.port(call.configuration())));
        } catch (RuntimeException | Error e) {
            setups.forEach(SitefitSetup::close);
            throw e;
        }
        List<Tool> tools = setups.stream().flatMap(setup -> setup.tools().stream()).toList();
        return new Fronts(ports, tools, sources, setups);
    }

    /**
     * The fronts that the call names, in its order.
     *
     * @throws PawlException {@link ErrorCode#INPUT_INVALID} for a name that isn't one's
     */
    static List<AskedFront> asked(Call call) {
        return call.all(FRONT).stream().map(AskedFront::parse).toList();
    }

    private static Front front(
            Call call, String name, List<ToolSource> sources, List<SitefitSetup> setups) {
        return switch (name) {
            case "sitefit" -> sitefit(call, setups);
            case "tool-runner" -> toolRunner(call, sources);
            default -> throw new AssertionError("front " + name + " was let through");
        };
    }

    private static Front sitefit(Call call, List<SitefitSetup> setups) {
        SitefitSetup setup = SitefitSetup.of(call);
        setups.add(setup);
        return setup.front();
    }

    private static Front toolRunner(Call call, List<ToolSource> sources) {
        Scripts scripts = scripts(call);
        sources.add(scripts);
        return new ToolRunner(scripts);
    }

    /**
     * What is in the folder that the call names.
     *
     * @throws PawlException {@link ErrorCode#INPUT_INVALID} when it names none
     */
    static Scripts scripts(Call call) {
        Path folder =
                call.get(SCRIPTS)
                        .orElseThrow(() ->
                                new PawlException(
                                        ErrorCode.INPUT_INVALID,
                                        "front tool-runner has no scripts; name their folder with"
                                                + " --scripts"));
        return Scripts.of(call.outside().folder().resolve(folder));
    }

    @Override
    public void close() {
        setups.forEach(SitefitSetup::close);
    }
}
