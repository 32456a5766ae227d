package dev.pawl.app.cli;

import tools.jackson.databind.JsonNode;

/** Where a command's tools are: in tool files, or on a server. Blocks for its I/O. */
public interface ToolSource {
    /** What a tool takes. */
    ToolForm tool(String name) throws InterruptedException;

    /** What can be run, as the API's document. */
    JsonNode tools() throws InterruptedException;

    /** One tool, as the API's document. */
    JsonNode toolDocument(String name) throws InterruptedException;

    /** Each tool against its own examples, as the API's document. */
    JsonNode toolsCheck() throws InterruptedException;
}
