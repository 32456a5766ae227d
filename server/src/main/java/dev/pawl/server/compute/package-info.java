/**
 * Contracts, and the server that solves what fits one: {@code POST
 * /gh/{definition}:{version}/solve}. Knows no job and no store. Read {@link Contract} first, then
 * {@link ComputeServer}.
 */
@NullMarked
package dev.pawl.server.compute;

import org.jspecify.annotations.NullMarked;
