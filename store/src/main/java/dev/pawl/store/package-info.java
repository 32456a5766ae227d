/**
 * Jobs in an SQL database: what every such store does, whatever the database. Knows the statements
 * and the moves, not how a connection or a transaction is made: that is each database's own package
 * below. Read {@link dev.pawl.store.SqlStore} first, then {@link dev.pawl.store.Dialect}.
 */
@NullMarked
package dev.pawl.store;

import org.jspecify.annotations.NullMarked;
