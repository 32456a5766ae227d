/**
 * Planted faults: classes that break the rules on purpose, so that a test can see each rule fail.
 */
@NullMarked
package dev.pawl.e2e.planted.server;

import org.jspecify.annotations.NullMarked;
