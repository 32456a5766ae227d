/**
 * Contracts, fakes and the simulation, and real servers ({@link PostgresServer}) to test against.
 */
@NullMarked
package dev.pawl.testkit;

import org.jspecify.annotations.NullMarked;
