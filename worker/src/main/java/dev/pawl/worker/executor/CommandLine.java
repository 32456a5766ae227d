package dev.pawl.worker.executor;

import java.util.List;
import java.util.Map;

/**
 * What is started for one attempt: its tool's templates, filled in.
 *
 * @param argv the program and its arguments; no shell reads them
 * @param environment all of it
 * @param stdoutName the artifact that the standard output becomes; empty for the log
 */
record CommandLine(List<String> argv, Map<String, String> environment, String stdoutName) {
    CommandLine {
        argv = List.copyOf(argv);
        environment = Map.copyOf(environment);
    }

    String program() {
        return argv.getFirst();
    }
}
