/**
 * Tests of the whole: real processes, crashes, and the rules that hold the code base together. Read
 * {@link ArchitectureTest} for the arrows between modules, {@link TidyTest} for what every file
 * must keep to.
 */
@NullMarked
package dev.pawl.e2e;

import org.jspecify.annotations.NullMarked;
