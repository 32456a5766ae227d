package dev.pawl.server;

import dev.pawl.core.Artifacts;
import dev.pawl.core.Engine;
import dev.pawl.core.Time;
import dev.pawl.tool.Requests;
import dev.pawl.tool.Tools;

/**
 * What a server serves. It owns none of it.
 *
 * @param requests turns inputs into submissions
 * @param version of this program
 */
public record Site(
        Engine engine,
        Artifacts artifacts,
        Tools tools,
        Requests requests,
        Time time,
        String version) {}
