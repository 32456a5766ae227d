package dev.pawl.tool;

/** What came of looking for a tool by its name. */
public sealed interface Lookup {
    record Found(Tool tool) implements Lookup {}

    /**
     * There is none.
     *
     * @param message names what was looked for and the nearest, or where to look
     * @param suggestion the nearest tool's name, or name and version; empty when none is near
     */
    record Unknown(String message, String suggestion) implements Lookup {}
}
