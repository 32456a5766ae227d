/**
 * Reads the databases of the fronts' originals, a page at a time, for whoever moves in. Changes
 * nothing in them, and knows no job of ours. Read {@link dev.pawl.store.original.OriginalDatabase}
 * first, then a history.
 */
@NullMarked
package dev.pawl.store.original;

import org.jspecify.annotations.NullMarked;
