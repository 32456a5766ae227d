/**
 * The store on PostgreSQL, which many servers and workers share: how a transaction is made and done
 * again when another came between, and what is PostgreSQL's own. Read {@link
 * dev.pawl.store.postgres.PostgresStore} first.
 */
@NullMarked
package dev.pawl.store.postgres;

import org.jspecify.annotations.NullMarked;
