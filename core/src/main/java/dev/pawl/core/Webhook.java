package dev.pawl.core;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Where somebody wants to be told of what happens to jobs.
 *
 * @param id names it; 1 to 40 letters, digits and {@code - _}
 * @param tenant of whose jobs; empty for those of all tenants
 * @param states told when a job enters one of these; at least one
 * @param tool of this tool only, a name or name@version; empty for all
 * @param queue of this queue only; empty for all
 * @param enabled whether it is told at all
 * @param position events up to this number are done with
 * @param failures deliveries in a row that failed
 * @param heldUntil until then nothing is sent to it, because too much failed; empty for no hold
 */
public record Webhook(
        String id,
        String url,
        String tenant,
        Set<JobState.Name> states,
        String tool,
        String queue,
        boolean enabled,
        Instant createdAt,
        long position,
        int failures,
        Optional<Instant> heldUntil) {
    public static final int URL_MAX = 2_000;

    public Webhook {
        if (!id.matches("[A-Za-z0-9_-]{1,40}"))
            throw new IllegalArgumentException(
                    "id \"%s\": want 1 to 40 letters, digits, - and _".formatted(id));
        requireUrl(url);
        requireWord("tenant", tenant);
        requireWord("tool", tool);
        requireWord("queue", queue);
        states = Set.copyOf(states);
        if (states.isEmpty()) throw new IllegalArgumentException("states: want at least one");
        if (position < 0 || failures < 0)
            throw new IllegalArgumentException(
                    "position %d, failures %d: want >= 0".formatted(position, failures));
    }

    /** Whether this event is to be told, as far as it says; of which tenant, only the job does. */
    public boolean wants(Event event) {
        return enabled
                && event.number() > position
                && !event.said()
                && event.to().filter(states::contains).isPresent()
                && (queue.isEmpty() || queue.equals(event.queue()))
                && (tool.isEmpty()
                        || tool.equals(event.tool().name())
                        || tool.equals(event.tool().toString()));
    }

    private static void requireUrl(String url) {
        if (url.length() > URL_MAX)
            throw new IllegalArgumentException("url is longer than " + URL_MAX + " characters");
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("url \"%s\" is none".formatted(url), e);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http"))
            throw new IllegalArgumentException("url: want https://… or http://…");
        if (uri.getHost() == null || uri.getHost().isEmpty())
            throw new IllegalArgumentException("url: names no host");
        if (uri.getRawUserInfo() != null)
            throw new IllegalArgumentException("url: has a user in it, which would be shown");
        if (uri.getRawFragment() != null)
            throw new IllegalArgumentException("url: has a fragment, which is never sent");
        if (uri.getPort() == 0 || uri.getPort() > 65_535)
            throw new IllegalArgumentException("url: its port is none");
    }

    private static void requireWord(String what, String value) {
        if (value.length() > 200 || value.chars().anyMatch(c -> c <= ' '))
            throw new IllegalArgumentException(
                    "%s \"%s\": want at most 200 characters without spaces".formatted(what, value));
    }
}
