/**
 * Runs an attempt of a tool: as a program, over HTTP or in this process. Knows no store and no
 * claim. Read {@link dev.pawl.worker.executor.CommandExecutor} first, then {@link
 * dev.pawl.worker.executor.ProcessTree}, which ends what a command started.
 */
@NullMarked
package dev.pawl.worker.executor;

import org.jspecify.annotations.NullMarked;
