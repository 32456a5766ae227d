package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.util.List;

/**
 * A front that a call names.
 *
 * @param port 0 for any that is free
 */
record AskedFront(String name, int port) {
    static final List<String> NAMES = List.of("sitefit", "tool-runner");

    /**
     * Reads {@code NAME:PORT}.
     *
     * @throws PawlException {@link ErrorCode#INPUT_INVALID} for anything else
     */
    static AskedFront parse(String text) {
        int colon = text.lastIndexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        String port = text.substring(colon + 1);
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > 65_535)
            throw refused(
                    "--front is \"%s\"; want NAME:PORT, the port from 0 to 65535".formatted(text));
        if (!NAMES.contains(name))
            throw refused(
                    "no front is called \"%s\"; there are %s"
                            .formatted(name, String.join(" and ", NAMES)));
        return new AskedFront(name, Integer.parseInt(port));
    }

    private static PawlException refused(String message) {
        return new PawlException(ErrorCode.INPUT_INVALID, message);
    }
}
