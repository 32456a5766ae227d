/** Contracts, fakes and the simulation. */
@NullMarked
package dev.pawl.testkit;

import org.jspecify.annotations.NullMarked;
