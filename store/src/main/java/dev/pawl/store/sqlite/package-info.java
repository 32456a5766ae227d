/**
 * The store on one SQLite file. {@link dev.pawl.store.sqlite.SqliteSql} holds every statement in
 * life-cycle order, {@code SqliteWriter} the commits that many callers share, the {@code …Writes}
 * classes the moves. Read {@link dev.pawl.store.sqlite.SqliteStore} first.
 */
@NullMarked
package dev.pawl.store.sqlite;

import org.jspecify.annotations.NullMarked;
