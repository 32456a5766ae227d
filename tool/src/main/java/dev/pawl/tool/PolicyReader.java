package dev.pawl.tool;

import dev.pawl.core.ErrorClass;
import dev.pawl.core.ErrorClass.Treatment;
import dev.pawl.core.RetryPolicy;
import dev.pawl.core.Reuse;
import dev.pawl.tool.TemplateReader.Use;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads a tool file's {@code policy}. */
final class PolicyReader {
    private static final List<String> TREATMENTS =
            Arrays.stream(Treatment.values()).map(t -> t.name().toLowerCase(Locale.ROOT)).toList();

    private final TemplateReader templates;

    PolicyReader(TemplateReader templates) {
        this.templates = templates;
    }

    ToolPolicy read(Section top) {
        ToolPolicy defaults = ToolPolicy.defaults();
        Optional<Section> section = top.section("policy");
        if (section.isEmpty()) return defaults;
        Section policy =
                section.get()
                        .allow(
                                "timeout",
                                "attempts",
                                "backoff",
                                "errors",
                                "cache",
                                "concurrency",
                                "rate",
                                "queue",
                                "priority",
                                "ttl",
                                "requires");
        Duration timeout = policy.duration("timeout", defaults.timeout());
        if (timeout.isZero() || timeout.isNegative()) {
            policy.mistake("timeout", "timeout is nothing", "want more than 0");
            timeout = defaults.timeout();
        }
        Duration ttl = policy.duration("ttl", defaults.ttl());
        if (ttl.isNegative()) {
            policy.mistake("ttl", "ttl is negative", "want 0 for ever, or more");
            ttl = defaults.ttl();
        }
        ToolPolicy read =
                defaults.withTimeout(timeout)
                        .withRetry(retry(policy))
                        .withCache(
                                policy.section("cache")
                                        .map(this::cache)
                                        .orElse(ToolPolicy.Cache.NEVER))
                        .withQueue(queue(policy, defaults.queue()))
                        .withPriority(
                                policy.number("priority", Short.MIN_VALUE, Short.MAX_VALUE, 0))
                        .withTtl(ttl)
                        .withRequires(requires(policy));
        return LimitReader.read(policy, top.node("input"), read);
    }

    private static Set<String> requires(Section policy) {
        var words = new LinkedHashSet<String>();
        for (String word : policy.texts("requires"))
            if (word.matches(ToolPolicy.CAPABILITY)) words.add(word);
            else
                policy.mistake(
                        "requires",
                        "\"%s\" is required".formatted(word),
                        "want lower-case letters, digits, - _ ., as gpu");
        return words;
    }

    private static RetryPolicy retry(Section policy) {
        RetryPolicy defaults = RetryPolicy.defaults();
        int attempts = policy.number("attempts", 1, Integer.MAX_VALUE, defaults.attempts());
        Optional<Section> backoff = policy.section("backoff");
        backoff.ifPresent(b -> b.allow("first", "max"));
        Duration first =
                backoff.map(b -> b.duration("first", defaults.first())).orElse(defaults.first());
        Duration max =
                backoff.map(b -> b.duration("max", longer(first, defaults.max())))
                        .orElse(defaults.max());
        Map<ErrorClass, Treatment> treatments = treatments(policy);
        try {
            return new RetryPolicy(attempts, first, max, treatments);
        } catch (IllegalArgumentException e) {
            policy.mistake("backoff", "backoff: " + e.getMessage(), "");
            return defaults;
        }
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private static Map<ErrorClass, Treatment> treatments(Section policy) {
        var found = new EnumMap<ErrorClass, Treatment>(ErrorClass.class);
        Optional<Section> errors = policy.section("errors");
        if (errors.isEmpty()) return found;
        errors.get()
                .allow(
                        Arrays.stream(ErrorClass.values())
                                .map(ErrorClass::wire)
                                .toArray(String[]::new));
        for (ErrorClass kind : ErrorClass.values())
            errors.get()
                    .word(kind.wire(), TREATMENTS)
                    .ifPresent(t -> found.put(kind, Treatment.valueOf(t.toUpperCase(Locale.ROOT))));
        return found;
    }

    private ToolPolicy.Cache cache(Section cache) {
        cache.allow("ttl", "user_errors", "version", "version_command", "env");
        if (!cache.has("ttl")) cache.mistakeHere("\"ttl\" is missing", "as in ttl: 30d");
        Duration ttl = cache.duration("ttl", Duration.ZERO);
        if (ttl.isNegative()) {
            cache.mistake("ttl", "ttl is negative", "want 0 or more");
            ttl = Duration.ZERO;
        }
        return new ToolPolicy.Cache(
                new Reuse(ttl, cache.truth("user_errors")),
                cache.text("version").map(text -> fixed(cache, "version", text)).orElse(""),
                versionCommand(cache),
                cache.texts("env"));
    }

    private List<String> versionCommand(Section cache) {
        var words = new ArrayList<String>();
        for (String word : cache.texts("version_command"))
            words.add(fixed(cache, "version_command", word));
        return words;
    }

    /** A text whose placeholders are all known when the tool is loaded. */
    private String fixed(Section cache, String key, String text) {
        switch (templates.read(text, Use.NAME)) {
            case TemplateReader.Reading.Bad(var reason, var hint) ->
                    cache.mistake(key, reason, hint);
            case TemplateReader.Reading.Good(var template) -> {
                if (template.parts().size() == 1
                        && template.parts().getFirst() instanceof Template.Part.Text(var whole))
                    return whole;
                cache.mistake(
                        key, key + " depends on the job", "leave {{input…}} and {{job…}} out");
            }
        }
        return "";
    }

    private static String queue(Section policy, String otherwise) {
        Optional<String> queue = policy.text("queue");
        if (queue.isEmpty() || queue.get().matches(ToolPolicy.QUEUE))
            return queue.orElse(otherwise);
        policy.mistake(
                "queue",
                "queue is \"" + queue.get() + "\"",
                "want lower-case letters, digits, - _ .");
        return otherwise;
    }
}
