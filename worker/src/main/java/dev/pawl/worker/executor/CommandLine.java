package dev.pawl.worker.executor;

import java.nio.file.Path;
import java.util.List;

/**
 * What is started for one attempt.
 *
 * @param argv the program and its arguments; no shell reads them
 * @param stdoutName the artifact that the standard output becomes; empty for the log
 */
record CommandLine(List<String> argv, Stdin stdin, String stdoutName) {
    CommandLine {
        argv = List.copyOf(argv);
    }

    /** What the command reads on its standard input. */
    sealed interface Stdin {
        record Nothing() implements Stdin {}

        record Text(String text) implements Stdin {}

        record Content(Path file) implements Stdin {}
    }
}
