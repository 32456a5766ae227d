/** Tool files, JSON Schema, defaults, canonical JSON, input hash. */
@NullMarked
package dev.pawl.tool;

import org.jspecify.annotations.NullMarked;
