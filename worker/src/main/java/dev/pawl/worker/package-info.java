/**
 * Runs claimed jobs: the loops of a worker, the library's front door, and waiting for jobs. Knows
 * no SQL, and of a tool's kind only which slot it takes. Read {@link dev.pawl.worker.Worker} first,
 * then {@link dev.pawl.worker.Loops}, which names every loop, then {@link dev.pawl.worker.Run}, one
 * attempt.
 */
@NullMarked
package dev.pawl.worker;

import org.jspecify.annotations.NullMarked;
