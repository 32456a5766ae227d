package dev.pawl.app.cli;

import java.util.LinkedHashMap;

/** {@code pawl version}. Opens nothing. */
public final class Version implements Command {
    @Override
    public String name() {
        return "version";
    }

    @Override
    public String summary() {
        return "Shows the version of Pawl and of Java.";
    }

    @Override
    public ExitCode run(Call call) {
        String version = call.outside().version();
        String java = Runtime.version().toString();
        if (call.screen().json()) {
            var object = new LinkedHashMap<String, Object>();
            object.put("version", version);
            object.put("java", java);
            call.screen().json(object);
        } else {
            call.screen().line("pawl %s (Java %s)".formatted(version, java));
        }
        return ExitCode.SUCCEEDED;
    }
}
