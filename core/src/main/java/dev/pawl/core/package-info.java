/** The job model and its life cycle. */
@NullMarked
package dev.pawl.core;

import org.jspecify.annotations.NullMarked;
