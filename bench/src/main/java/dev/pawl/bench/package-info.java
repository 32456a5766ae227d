/** Benchmarks beside their raw limits. */
@NullMarked
package dev.pawl.bench;

import org.jspecify.annotations.NullMarked;
