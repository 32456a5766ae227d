package dev.pawl.api;

import dev.pawl.core.JobState;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What a job's listener is told. */
public sealed interface JobNews {
    /**
     * The job is in this state now.
     *
     * @param attempt the last one's number; 0 before the first
     */
    record State(JobState.Name state, int attempt) implements JobNews {}

    /**
     * How far the running attempt is.
     *
     * @param fraction 0 to 1
     */
    record Progress(double fraction, String text) implements JobNews {}

    /** A line of its log. */
    record Log(int attempt, long seq, Instant at, String stream, String text) implements JobNews {}

    /** Some of what happened is forgotten by now; the job's state follows. */
    record Missed() implements JobNews {}

    /** The job is no more: somebody has discarded it. */
    record Removed() implements JobNews {}

    /** Whether nothing follows. */
    default boolean last() {
        return switch (this) {
            case State(var state, _) -> state.ended();
            case Removed() -> true;
            case Progress _, Log _, Missed _ -> false;
        };
    }

    /** What a server's event says; empty for one that this program doesn't know. */
    static Optional<JobNews> of(String event, JsonNode data) {
        return switch (event) {
            case "state" -> Optional.of(state(data));
            case "progress" ->
                    Optional.of(
                            new Progress(
                                    data.path("fraction").asDouble(0),
                                    data.path("text").asString("")));
            case "log" ->
                    Optional.of(
                            new Log(
                                    data.path("attempt").asInt(0),
                                    data.path("seq").asLong(0),
                                    Instant.parse(data.path("at").asString("")),
                                    data.path("stream").asString(""),
                                    data.path("text").asString("")));
            case "missed" -> Optional.of(new Missed());
            default -> Optional.empty();
        };
    }

    private static JobNews state(JsonNode data) {
        if (!data.has("state")) return new Removed();
        String name = data.path("state").asString("").toUpperCase(Locale.ROOT);
        return new State(JobState.Name.valueOf(name), data.path("attempt").asInt(0));
    }
}
