package dev.pawl.core;

import java.util.List;

/**
 * A page of events.
 *
 * @param events by their numbers
 * @param missed how many of those asked for are forgotten; they came before the page
 * @param upTo the number up to which this page tells all that was asked for; where the next begins
 */
public record Events(List<Event> events, long missed, long upTo) {
    public Events {
        events = List.copyOf(events);
        if (missed < 0) throw new IllegalArgumentException("missed is " + missed + ", want >= 0");
    }
}
