/**
 * Simulation of the classes that ship, on one thread, from one seed: processes that crash, pause
 * and lose answers, all on one SQLite file. Read {@link dev.pawl.testkit.sim.Simulation} first,
 * then {@link dev.pawl.testkit.sim.Invariant}, what must hold after every call, then {@link
 * dev.pawl.testkit.sim.Judge}, which sees to it.
 */
@NullMarked
package dev.pawl.testkit.sim;

import org.jspecify.annotations.NullMarked;
