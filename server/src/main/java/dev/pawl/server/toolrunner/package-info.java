/**
 * The tool-runner front: scripts of a folder as tools, and the HTTP API of the tool runner that
 * clients know. Knows jobs only as the engine shows them. Read {@link
 * dev.pawl.server.toolrunner.ToolRunner} first: every route, one line each.
 */
@NullMarked
package dev.pawl.server.toolrunner;

import org.jspecify.annotations.NullMarked;
