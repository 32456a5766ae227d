/**
 * Stores on SQL databases: what they share. Knows how a named-parameter statement is prepared, not
 * what jobs are. Read {@link dev.pawl.store.Db} first, then a store's package.
 */
@NullMarked
package dev.pawl.store;

import org.jspecify.annotations.NullMarked;
