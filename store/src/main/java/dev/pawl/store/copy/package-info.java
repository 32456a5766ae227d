/**
 * A store's rows on their way to another store, while the first one serves. Knows both databases'
 * ends of it, and no SQL. Read {@link dev.pawl.store.copy.StoreCopy} first.
 */
@NullMarked
package dev.pawl.store.copy;

import org.jspecify.annotations.NullMarked;
