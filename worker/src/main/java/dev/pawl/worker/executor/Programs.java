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

    /** What execvp(3) takes without a PATH. */
    private static final String DEFAULT_PATH = "/bin:/usr/bin";

    private Programs() {}

    enum Finding {
        FOUND,
        NOT_EXECUTABLE,
        MISSING
    }

    /**
     * Looks for a program as the system would.
     *
     * @param folder where the program will be started
     */
    static Finding find(String program, String path, Path folder) {
        var found = Finding.MISSING;
        boolean named = program.indexOf('/') >= 0;
        for (String place : named ? List.of("") : places(path)) {
            Finding here = at(folder, place, program);
            if (here == Finding.FOUND) return here;
            if (here == Finding.NOT_EXECUTABLE) found = here;
        }
        return found;
    }

    private static List<String> places(String path) {
        return SEPARATOR.splitAsStream(path.isEmpty() ? DEFAULT_PATH : path).toList();
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

    private static Finding at(Path folder, String place, String program) {
        try {
            Path file = folder.resolve(place).resolve(program);
            if (!Files.isRegularFile(file)) return Finding.MISSING;
            return Files.isExecutable(file) ? Finding.FOUND : Finding.NOT_EXECUTABLE;
        } catch (InvalidPathException e) {
            return Finding.MISSING;
        }
    }
}
