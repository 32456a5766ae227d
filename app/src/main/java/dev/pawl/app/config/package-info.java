/**
 * What can be configured, where each value comes from, and the records that the rest is built with.
 * Knows no command. Read {@link dev.pawl.app.config.Key} first, which lists every key, then {@link
 * dev.pawl.app.config.Configuration}.
 */
@NullMarked
package dev.pawl.app.config;

import org.jspecify.annotations.NullMarked;
