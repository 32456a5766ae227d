/**
 * The store on one SQLite file: how a transaction is made, shared and kept. {@code SqliteWriter}
 * holds the commits that many callers share, {@code SqliteSql} what is SQLite's own. Read {@link
 * dev.pawl.store.sqlite.SqliteStore} first.
 */
@NullMarked
package dev.pawl.store.sqlite;

import org.jspecify.annotations.NullMarked;
