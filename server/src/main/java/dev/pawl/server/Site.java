package dev.pawl.server;

import dev.pawl.api.WebhookCalls;
import dev.pawl.core.ApiKeys;
import dev.pawl.core.Artifacts;
import dev.pawl.core.Engine;
import dev.pawl.core.Time;
import dev.pawl.core.Users;
import dev.pawl.tool.Requests;
import dev.pawl.tool.Tools;
import java.util.random.RandomGenerator;

/**
 * What a server serves. It owns none of it.
 *
 * @param keys of its callers
 * @param users who sign in with a password
 * @param requests turns inputs into submissions
 * @param random thread-safe; nobody can guess what it says next
 * @param version of this program
 */
public record Site(
        Engine engine,
        Artifacts artifacts,
        ApiKeys keys,
        Users users,
        Tools tools,
        Requests requests,
        Time time,
        RandomGenerator random,
        WebhookCalls webhooks,
        String version) {}
