/**
 * Jobs over HTTP. Knows no store and no worker, only the engine, and none of its {@linkplain Front
 * fronts}. Read {@link Routes} first: every route of the native API, one line each.
 */
@NullMarked
package dev.pawl.server;

import org.jspecify.annotations.NullMarked;
