package dev.pawl.worker;

import dev.pawl.core.Time;
import java.util.random.RandomGenerator;

/**
 * Time, chance and the machine.
 *
 * @param random thread-safe
 */
public record Surroundings(Time time, RandomGenerator random, Processes processes) {}
