/**
 * How callers prove who they are: passwords, and tokens that others signed or we did. Knows no
 * route and no job. Read {@link dev.pawl.server.identity.Passwords} first.
 */
@NullMarked
package dev.pawl.server.identity;

import org.jspecify.annotations.NullMarked;
