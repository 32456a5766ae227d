/** Tests of the tool-runner front. */
@NullMarked
package dev.pawl.server.toolrunner;

import org.jspecify.annotations.NullMarked;
