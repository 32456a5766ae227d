package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.server.Front;
import dev.pawl.server.FrontPort;
import dev.pawl.server.toolrunner.Scripts;
import dev.pawl.server.toolrunner.ToolRunner;
import dev.pawl.tool.Tool;
import dev.pawl.tool.ToolProblem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The fronts that a call of {@code pawl up} asks for, and what was started for them. Closing ends
 * that.
 *
 * @param tools what they bring of tools, for the worker to run
 * @param setups what they need beside themselves
 */
record Fronts(List<FrontPort> ports, List<Tool> tools, List<SitefitSetup> setups)
        implements AutoCloseable {
    static final Flag<String> FRONT =
            Flag.text("--front", "NAME:PORT", "Serve that front too; may be repeated.").repeated();

    private static final Flag<Path> SCRIPTS =
            Flag.path("--scripts", "DIR", "The scripts that front tool-runner has for tools.");

    static final List<Flag<?>> FLAGS = List.of(FRONT, SCRIPTS, Compute.CONTRACTS);

    Fronts {
        ports = List.copyOf(ports);
        tools = List.copyOf(tools);
        setups = List.copyOf(setups);
    }

    /** Makes each front; it listens to nothing yet. */
    static Fronts of(Call call) {
        var ports = new ArrayList<FrontPort>();
        var tools = new ArrayList<Tool>();
        var setups = new ArrayList<SitefitSetup>();
        try {
            for (AskedFront asked : asked(call))
                ports.add(
                        new FrontPort(
                                front(call, asked.name(), tools, setups),
                                asked.port(call.configuration())));
        } catch (RuntimeException | Error e) {
            setups.forEach(SitefitSetup::close);
            throw e;
        }
        return new Fronts(ports, tools, setups);
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
            Call call, String name, List<Tool> tools, List<SitefitSetup> setups) {
        return switch (name) {
            case "sitefit" -> sitefit(call, tools, setups);
            case "tool-runner" -> toolRunner(call, tools);
            default -> throw new AssertionError("front " + name + " was let through");
        };
    }

    private static Front sitefit(Call call, List<Tool> tools, List<SitefitSetup> setups) {
        SitefitSetup setup = SitefitSetup.of(call);
        setups.add(setup);
        tools.addAll(setup.tools());
        return setup.front();
    }

    private static Front toolRunner(Call call, List<Tool> tools) {
        Scripts scripts = scripts(call);
        for (ToolProblem problem : scripts.problems()) call.screen().note("pawl: " + problem);
        tools.addAll(scripts.tools());
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
