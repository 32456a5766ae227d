package dev.pawl.app.cli;

import dev.pawl.app.config.Configuration;
import dev.pawl.tool.Requests;
import dev.pawl.tool.Tool;
import dev.pawl.tool.ToolSource;
import dev.pawl.tool.Tools;
import dev.pawl.worker.Serving;
import java.net.URI;
import java.util.List;
import java.util.function.UnaryOperator;

/** Builds what commands work with; {@code Main} has the one there is. */
public interface Wiring {
    /** Starts the log; called once, before anything that logs. */
    void startLog(Configuration configuration, boolean worker);

    /** Opens the data folder; makes it where it is missing. */
    Opened open(Configuration configuration);

    /** The server that the configuration names, else the data folder; the caller closes it. */
    Target target(Configuration configuration);

    /** The shipped tools and those of the configured folders. */
    default Tools tools(Configuration configuration) {
        return tools(configuration, List.of(), List.of());
    }

    /**
     * These tools, those of the sources, and the shipped ones and those of the configured folders,
     * which replace them.
     */
    Tools tools(Configuration configuration, List<Tool> more, List<ToolSource> sources);

    /** What turns inputs into submissions. */
    Requests requests(Opened opened);

    /** What a worker needs that takes its jobs from that server; makes the data folder. */
    Remote connect(Configuration configuration, URI server);

    /** A worker that is not started yet; the caller closes it before {@code remote}. */
    Workshop workshop(
            Configuration configuration,
            Remote remote,
            Tools tools,
            UnaryOperator<Serving> restriction);

    /** A worker that is not started yet; the caller closes it before {@code opened}. */
    Workshop workshop(
            Configuration configuration,
            Opened opened,
            Tools tools,
            UnaryOperator<Serving> restriction);
}
