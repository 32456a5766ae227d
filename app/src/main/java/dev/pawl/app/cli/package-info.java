/**
 * What a user types and sees: one class per command, and what they share. Knows no SQL and reads no
 * clock, no environment: all that comes in through {@link dev.pawl.app.cli.Outside}. Read {@link
 * dev.pawl.app.cli.Cli} first, then {@link dev.pawl.app.cli.Command} and any one command.
 */
@NullMarked
package dev.pawl.app.cli;

import org.jspecify.annotations.NullMarked;
