package dev.pawl.app.cli;

import java.util.LinkedHashMap;
import java.util.Optional;

/** {@code pawl version}. Opens nothing; asks a server that is named. */
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
    public ExitCode run(Call call) throws InterruptedException {
        String version = call.outside().version();
        String java = Runtime.version().toString();
        if (call.screen().json()) {
            var object = new LinkedHashMap<String, Object>();
            object.put("version", version);
            object.put("java", java);
            server(call).ifPresent(v -> object.put("server", v));
            call.screen().json(object);
        } else {
            call.screen().line("pawl %s (Java %s)".formatted(version, java));
            server(call).ifPresent(v -> call.screen().line("server " + v));
        }
        return ExitCode.SUCCEEDED;
    }

    /** Of the server, where one is named. */
    private static Optional<String> server(Call call) throws InterruptedException {
        if (call.configuration().remote().isEmpty()) return Optional.empty();
        try (Target target = call.target()) {
            return Optional.of(target.version());
        }
    }
}
