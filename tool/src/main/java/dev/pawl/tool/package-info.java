/**
 * Tools as files: reading and checking them, checking inputs against their schemas, templates,
 * canonical JSON, the input hash, and flags. Starts nothing, opens no connection and fetches
 * nothing. Read {@link dev.pawl.tool.Tool} first, then {@link dev.pawl.tool.Tools}, which loads
 * folders of them, then {@link dev.pawl.tool.JsonSchema}.
 */
@NullMarked
package dev.pawl.tool;

import org.jspecify.annotations.NullMarked;
