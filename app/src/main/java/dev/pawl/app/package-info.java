/** The pawl command. */
@NullMarked
package dev.pawl.app;

import org.jspecify.annotations.NullMarked;
