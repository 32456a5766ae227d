package dev.pawl.app.cli;

import dev.pawl.app.config.Configuration;
import dev.pawl.app.config.Key;
import dev.pawl.app.config.Setting;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.util.List;
import java.util.Optional;

/**
 * A front that a call names.
 *
 * @param text its port as it was written; empty for the one that the configuration says
 */
record AskedFront(String name, String text) {
    private static final List<String> NAMES = List.of("sitefit", "tool-runner");

    /**
     * Reads {@code NAME} or {@code NAME:PORT}.
     *
     * @throws PawlException {@link ErrorCode#INPUT_INVALID} for anything else
     */
    static AskedFront parse(String text) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        String port = colon < 0 ? "" : text.substring(colon + 1);
        if (colon >= 0 && !(port.matches("\\d{1,5}") && Integer.parseInt(port) <= 65_535))
            throw refused(
                    "--front is \"%s\"; want NAME:PORT, the port from 0 to 65535".formatted(text));
        if (!NAMES.contains(name))
            throw refused(
                    "no front is called \"%s\"; there are %s"
                            .formatted(name, String.join(" and ", NAMES)));
        return new AskedFront(name, port);
    }

    /** 0 for any that is free. */
    int port(Configuration configuration) {
        if (!text.isEmpty()) return Integer.parseInt(text);
        Integer port = configuration.frontPorts().get(name);
        if (port == null) throw new AssertionError("front " + name + " was let through");
        return port;
    }

    /** What it sets, where it says a port. */
    Optional<Setting> setting() {
        Key key = name.equals("sitefit") ? Key.FRONTS_SITEFIT_PORT : Key.FRONTS_TOOL_RUNNER_PORT;
        return text.isEmpty()
                ? Optional.empty()
                : Optional.of(new Setting(key.path(), text, Fronts.FRONT.name()));
    }

    private static PawlException refused(String message) {
        return new PawlException(ErrorCode.INPUT_INVALID, message);
    }
}
