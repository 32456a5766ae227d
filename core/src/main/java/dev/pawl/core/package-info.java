/**
 * The job model and its life cycle. Knows no JDBC, no JSON, no HTTP, no thread. Read {@link
 * dev.pawl.core.Lifecycle} first, then {@link dev.pawl.core.Store}, the port that every store
 * implements, then {@link dev.pawl.core.Engine}, which ties the two together.
 */
@NullMarked
package dev.pawl.core;

import org.jspecify.annotations.NullMarked;
