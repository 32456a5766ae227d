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
 * The fronts that a call of {@code pawl up} asks for.
 *
 * @param tools what they bring of tools, for the worker to run
 */
record Fronts(List<FrontPort> ports, List<Tool> tools) {
    private static final Flag<String> FRONT =
            Flag.text("--front", "NAME:PORT", "Serve that front too; may be repeated.").repeated();

    private static final Flag<Path> SCRIPTS =
            Flag.path("--scripts", "DIR", "The scripts that front tool-runner has for tools.");

    static final List<Flag<?>> FLAGS = List.of(FRONT, SCRIPTS);

    Fronts {
        ports = List.copyOf(ports);
        tools = List.copyOf(tools);
    }

    /** Makes each front; it listens to nothing yet. */
    static Fronts of(Call call) {
        var ports = new ArrayList<FrontPort>();
        var tools = new ArrayList<Tool>();
        for (String text : call.all(FRONT)) {
            int colon = text.lastIndexOf(':');
            String name = colon < 0 ? text : text.substring(0, colon);
            int port = port(text, text.substring(colon + 1));
            ports.add(new FrontPort(front(call, name, tools), port));
        }
        return new Fronts(ports, tools);
    }

    private static Front front(Call call, String name, List<Tool> tools) {
        return switch (name) {
            case "tool-runner" -> toolRunner(call, tools);
            default ->
                    throw new PawlException(
                            ErrorCode.INPUT_INVALID,
                            "no front is called \"%s\"; there is tool-runner".formatted(name));
        };
    }

    private static Front toolRunner(Call call, List<Tool> tools) {
        Path folder =
                call.get(SCRIPTS)
                        .orElseThrow(() ->
                                new PawlException(
                                        ErrorCode.INPUT_INVALID,
                                        "front tool-runner has no scripts; name their folder with"
                                                + " --scripts"));
        Scripts scripts = Scripts.of(call.outside().folder().resolve(folder));
        for (ToolProblem problem : scripts.problems()) call.screen().note("pawl: " + problem);
        tools.addAll(scripts.tools());
        return new ToolRunner(scripts);
    }

    private static int port(String text, String port) {
        if (port.matches("\\d{1,5}") && Integer.parseInt(port) <= 65_535)
            return Integer.parseInt(port);
        throw new PawlException(
                ErrorCode.INPUT_INVALID,
                "--front is \"%s\"; want NAME:PORT, the port from 0 to 65535".formatted(text));
    }
}
