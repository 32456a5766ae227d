/**
 * Looks at the store again whenever something may have happened. Knows the engine, and neither HTTP
 * nor what is looked for. {@link dev.pawl.server.watch.EngineWatch} is all there is.
 */
@NullMarked
package dev.pawl.server.watch;

import org.jspecify.annotations.NullMarked;
