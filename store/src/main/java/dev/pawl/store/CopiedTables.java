package dev.pawl.store;

import dev.pawl.store.CopiedTable.Column;
import dev.pawl.store.CopiedTable.Kind;
import java.util.List;

/**
 * Every table that goes from one store to another, those that others name before those. What is
 * left out is the schema's own: its history, what programs have to know of it, the last event's
 * number; and who leads what, which another store's workers decide for themselves.
 */
public final class CopiedTables {
    /** Tools, queues, limits and lanes name each other: they are read from one snapshot. */
    public static final List<CopiedTable> NAMES =
            List.of(
                    CopiedTable.of("tool", 1, number("id"), text("name"), text("version")),
                    CopiedTable.of(
                            "slot_limit",
                            1,
                            number("id"),
                            text("name"),
                            number("max"),
                            number("rate_max"),
                            number("rate_ms"),
                            number("key_max"),
                            number("key_rate_max"),
                            number("key_rate_ms")),
                    CopiedTable.of(
                            "queue",
                            1,
                            text("name"),
                            number("paused"),
                            number("depth_max"),
                            number("running_max"),
                            number("rate_max"),
                            number("rate_ms")),
                    CopiedTable.of(
                            "lane",
                            1,
                            number("id"),
                            text("queue"),
                            number("tool_id"),
                            number("limit_id")),
                    CopiedTable.of("policy", 1, number("id"), text("line")));

    private static final List<CopiedTable> JOBS =
            List.of(
                    CopiedTable.of(
                            "job",
                            1,
                            id("id"),
                            number("lane"),
                            number("policy"),
                            number("priority"),
                            number("parents"),
                            number("run_at"),
                            number("submitted_at"),
                            number("ttl"),
                            number("reuse_ttl"),
                            number("go_on"),
                            number("reuse_errors"),
                            text("tenant"),
                            text("input"),
                            bytes("hash"),
                            text("key_parts"),
                            text("tags"),
                            text("correlation_id"),
                            text("causation"),
                            text("idempotency_key"),
                            text("traceparent"),
                            text("owner"),
                            text("limit_value")),
                    CopiedTable.of("tag", 2, text("tag"), id("id")),
                    CopiedTable.of("flow_edge", 2, id("parent"), id("child")),
                    CopiedTable.of(
                            "idempotency",
                            2,
                            text("tenant"),
                            text("key"),
                            id("job_id"),
                            bytes("body_hash")),
                    CopiedTable.of("expiry", 1, id("id"), number("at")));

    private static final List<CopiedTable> PLACES =
            List.of(
                    CopiedTable.of("waiting", 1, id("id"), id("leader")),
                    CopiedTable.of(
                            "later",
                            1,
                            id("id"),
                            number("due"),
                            number("lane"),
                            number("priority"),
                            number("attempt"),
                            number("failures")),
                    CopiedTable.of(
                                    "ready",
                                    2,
                                    number("lane"),
                                    id("id"),
                                    number("run_at"),
                                    number("priority"),
                                    number("attempt"),
                                    number("failures"),
                                    number("limit_key"))
                            .knownBy("(id)"),
                    CopiedTable.of("lease", 1, id("id"), number("valid_until"), text("worker")),
                    CopiedTable.of(
                            "running",
                            1,
                            id("id"),
                            id("lease"),
                            number("started_at"),
                            number("attempt"),
                            number("failures"),
                            number("lane"),
                            number("limit_id"),
                            number("limit_key"),
                            number("reuse")),
                    CopiedTable.of(
                            "stopping",
                            1,
                            id("id"),
                            id("lease"),
                            number("attempt"),
                            number("limit_id"),
                            number("limit_key")),
                    CopiedTable.of(
                            "outcome",
                            1,
                            id("id"),
                            number("at"),
                            number("started_at"),
                            number("lane"),
                            number("attempt"),
                            number("state"),
                            text("output"),
                            text("class"),
                            id("cached_from")));

    private static final List<CopiedTable> TRACES =
            List.of(
                    CopiedTable.of(
                            "attempt_end",
                            2,
                            id("id"),
                            number("attempt"),
                            number("started_at"),
                            number("at"),
                            text("how"),
                            text("worker"),
                            text("class"),
                            text("message")),
                    CopiedTable.of(
                            "artifact",
                            2,
                            id("id"),
                            text("name"),
                            number("size"),
                            text("sha256"),
                            text("media_type")),
                    CopiedTable.of(
                            "progress",
                            1,
                            id("id"),
                            number("at"),
                            new Column("fraction", Kind.REAL),
                            number("attempt"),
                            text("text")),
                    CopiedTable.of(
                            "log",
                            3,
                            id("id"),
                            number("attempt"),
                            number("seq"),
                            number("at"),
                            number("stream"),
                            text("text")),
                    CopiedTable.of("flight", 2, text("tenant"), bytes("hash"), id("job_id")),
                    CopiedTable.of(
                            "kept",
                            2,
                            text("tenant"),
                            bytes("hash"),
                            id("job_id"),
                            number("valid_until"),
                            number("lane")),
                    CopiedTable.of(
                            "limit_start",
                            2,
                            number("limit_key"),
                            number("until"),
                            number("starts")),
                    CopiedTable.of(
                            "counter",
                            2,
                            number("lane"),
                            number("state"),
                            number("jobs"),
                            number("runs"),
                            number("millis")),
                    CopiedTable.of("event", 1, number("number"), number("at"), bytes("moves"))
                            .knownBy("(number) WHERE number IS NOT NULL"));

    private static final List<CopiedTable> PEOPLE =
            List.of(
                    CopiedTable.of(
                            "worker",
                            1,
                            text("id"),
                            text("host"),
                            number("pid"),
                            number("pid_started_at"),
                            text("tools"),
                            number("slots"),
                            number("started_at"),
                            number("seen_at"),
                            text("can"),
                            number("drain_at")),
                    CopiedTable.of(
                            "api_key",
                            1,
                            text("id"),
                            bytes("hash"),
                            text("name"),
                            text("role"),
                            text("tenant"),
                            number("created_at"),
                            number("expires_at"),
                            number("revoked_at"),
                            number("used_at")),
                    CopiedTable.of(
                            "user_account",
                            1,
                            text("name"),
                            text("id"),
                            text("email"),
                            text("full_name"),
                            text("role"),
                            text("tenant"),
                            text("password"),
                            number("created_at"),
                            number("disabled_at"),
                            number("signed_in_at")),
                    CopiedTable.of(
                            "session",
                            1,
                            bytes("hash"),
                            text("user"),
                            text("kind"),
                            number("created_at"),
                            number("expires_at")),
                    CopiedTable.of("secret", 1, text("name"), text("value")),
                    CopiedTable.of(
                            "webhook",
                            1,
                            text("id"),
                            text("url"),
                            text("secret"),
                            text("tenant"),
                            text("states"),
                            text("tool"),
                            text("queue"),
                            number("enabled"),
                            number("created_at"),
                            number("position"),
                            number("failures"),
                            number("held_until"),
                            text("former_secret"),
                            number("former_until")),
                    CopiedTable.of(
                            "webhook_delivery",
                            1,
                            number("number"),
                            number("event"),
                            number("at"),
                            number("duration_ms"),
                            id("job"),
                            number("attempt"),
                            number("status"),
                            text("webhook"),
                            text("answer")));

    /** All of them. */
    public static final List<CopiedTable> ALL =
            java.util.stream.Stream.of(NAMES, JOBS, PLACES, TRACES, PEOPLE)
                    .flatMap(List::stream)
                    .toList();

    private CopiedTables() {}

    private static Column id(String name) {
        return new Column(name, Kind.ID);
    }

    private static Column number(String name) {
        return new Column(name, Kind.NUMBER);
    }

    private static Column text(String name) {
        return new Column(name, Kind.TEXT);
    }

    private static Column bytes(String name) {
        return new Column(name, Kind.BYTES);
    }
}
