package dev.pawl.server;

import dev.pawl.api.WebhookCalls;
import dev.pawl.core.ApiKeys;
import dev.pawl.core.Artifacts;
import dev.pawl.core.Engine;
import dev.pawl.core.Time;
import dev.pawl.tool.Requests;
import dev.pawl.tool.Tools;

/**
 * What a server serves. It owns none of it.
 *
 * @param keys of its callers
 * @param requests turns inputs into submissions
 * @param version of this program
 */
public record Site(
        Engine engine,
        Artifacts artifacts,
        ApiKeys keys,
        Tools tools,
        Requests requests,
        Time time,
        WebhookCalls webhooks,
        String version) {}
