/** Tests of the command line, in this process where no other is needed. Read Pawl first. */
@NullMarked
package dev.pawl.app;

import org.jspecify.annotations.NullMarked;
