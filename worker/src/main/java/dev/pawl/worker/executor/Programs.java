package dev.pawl.worker.executor;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Tells what is installed, and what to install. */
final class Programs {
    private static final Pattern SEPARATOR = Pattern.compile(Pattern.quote(File.pathSeparator));

    private Programs() {}

    static boolean isOnPath(String program, String path) {
        if (program.indexOf('/') >= 0) return isExecutable("", program);
        return SEPARATOR.splitAsStream(path).anyMatch(folder -> isExecutable(folder, program));
    }

    static JobFailure missing(String program, List<String> packages) {
        return JobFailure.configuration(
                "program \"%s\" is not installed here; %s".formatted(program, install(packages)));
    }

    /** What to do, for the end of a sentence. */
    static String install(List<String> packages) {
        if (packages.isEmpty()) return "install it, or set PATH";
        String all = String.join(" ", packages);
        return "install %s (Debian: apt install %s)".formatted(all, all);
    }

    private static boolean isExecutable(String folder, String program) {
        try {
            Path file = Path.of(folder, program);
            return Files.isRegularFile(file) && Files.isExecutable(file);
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
