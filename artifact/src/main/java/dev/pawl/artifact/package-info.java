/** Content-addressed files. */
@NullMarked
package dev.pawl.artifact;

import org.jspecify.annotations.NullMarked;
