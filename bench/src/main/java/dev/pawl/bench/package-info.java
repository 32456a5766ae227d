/**
 * Benchmarks of what ships, each beside its raw limit in the same run. Read {@link
 * dev.pawl.bench.Main} first; {@link dev.pawl.bench.Bare} is the raw limit.
 */
@NullMarked
package dev.pawl.bench;

import org.jspecify.annotations.NullMarked;
