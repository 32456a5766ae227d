/**
 * Jobs over HTTP. Knows no store and no worker, only the engine. Read {@link Routes} first: every
 * route, one line each.
 */
@NullMarked
package dev.pawl.server;

import org.jspecify.annotations.NullMarked;
