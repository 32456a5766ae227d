/** Tests of the configuration. */
@NullMarked
package dev.pawl.app.config;

import org.jspecify.annotations.NullMarked;
