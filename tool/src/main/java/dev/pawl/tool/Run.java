package dev.pawl.tool;

import dev.pawl.core.ErrorClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How a tool is run. */
public sealed interface Run {
    /**
     * A program, started without a shell.
     *
     * @param words groups of words of the command line; a group whose value isn't in the input is
     *     left out whole
     * @param argumentsAsFlags whether the input follows as {@code --key value}
     * @param stdinTemplate what it reads
     * @param stdoutName the artifact its stdout becomes
     * @param artifacts globs, relative to its working folder
     * @param environmentNames variables of the worker that it gets
     * @param environment variables that it gets besides
     * @param exits what kind of error an exit code is; the executor has a table for the others
     * @param signs what its output says of an error, in order; the first that is found decides
     * @param requirements programs it needs
     */
    record Command(
            List<List<Template>> words,
            boolean argumentsAsFlags,
            @Nullable Template stdinTemplate,
            @Nullable Template stdoutName,
            List<String> artifacts,
            Set<String> environmentNames,
            Map<String, Template> environment,
            Map<Integer, ErrorClass> exits,
            List<Sign> signs,
            List<Requirement> requirements)
            implements Run {
        public Command {
            if (words.isEmpty()) throw new IllegalArgumentException("the command is empty");
            words = List.copyOf(words);
            artifacts = List.copyOf(artifacts);
            environmentNames = Set.copyOf(environmentNames);
            environment = Map.copyOf(environment);
            exits = Map.copyOf(exits);
            signs = List.copyOf(signs);
            requirements = List.copyOf(requirements);
        }

        public Optional<Template> stdin() {
            return Optional.ofNullable(stdinTemplate);
        }

        public Optional<Template> stdout() {
            return Optional.ofNullable(stdoutName);
        }

        /** The command line, but for the flags of {@code argumentsAsFlags}. */
        List<String> argv(TemplateValues values) {
            var argv = new ArrayList<String>();
            for (List<Template> group : words) {
                List<List<String>> expanded = group.stream().map(t -> t.words(values)).toList();
                if (expanded.stream().noneMatch(List::isEmpty)) expanded.forEach(argv::addAll);
            }
            return argv;
        }
    }

    /**
     * A request to a server.
     *
     * @param bodyTemplate its body; the whole input as JSON when there is none
     * @param timeout of the whole exchange
     * @param statuses what kind of error a status is; of the others 2xx is none, 408, 425, 429 and
     *     5xx are transient, the rest of 4xx the user's, all else permanent
     */
    record Http(
            String method,
            Template url,
            Map<String, Template> headers,
            @Nullable Template bodyTemplate,
            Duration connectTimeout,
            Duration timeout,
            Map<Integer, ErrorClass> statuses)
            implements Run {
        public Http {
            headers = Map.copyOf(headers);
            statuses = Map.copyOf(statuses);
        }

        public Optional<Template> body() {
            return Optional.ofNullable(bodyTemplate);
        }

        /** What kind of error a status is; empty for a success. */
        public Optional<ErrorClass> error(int status) {
            ErrorClass kind = statuses.get(status);
            if (kind != null) return Optional.of(kind);
            if (status >= 200 && status < 300) return Optional.empty();
            if (status == 408 || status == 425 || status == 429 || status >= 500)
                return Optional.of(ErrorClass.TRANSIENT);
            return Optional.of(status >= 400 ? ErrorClass.USER : ErrorClass.PERMANENT);
        }
    }

    /**
     * A handler registered in the program.
     *
     * @param handler its name
     */
    record Java(String handler) implements Run {
        public Java {
            if (handler.isBlank()) throw new IllegalArgumentException("handler is blank");
        }
    }

    /**
     * A worker of somebody's own, in any language, that claims it over HTTP.
     *
     * @param by what runs it, for people
     */
    record External(String by) implements Run {
        public External {
            if (by.isBlank()) throw new IllegalArgumentException("by is blank");
        }
    }

    /**
     * Words that a program reads or writes and that say what kind of error it is, whatever its exit
     * code.
     *
     * @param stream where they stand
     * @param kind the error
     * @param message what to tell; empty for the line that was found
     * @param packages Debian packages to install against it
     */
    record Sign(
            Stream stream,
            Pattern pattern,
            ErrorClass kind,
            String message,
            List<String> packages) {
        public Sign {
            packages = List.copyOf(packages);
        }
    }

    /** What a program reads or writes. */
    enum Stream {
        /** What it logs: stderr, and stdout where that becomes no artifact. */
        LOG,
        /** Its stdout; only the first 4096 bytes are looked at. */
        STDOUT,
        /** Its stdin, looked at before it starts, as {@link Requirement#whenStdin}. */
        STDIN
    }

    /**
     * A program that has to be on the PATH; a job that needs it where it isn't ends with a {@code
     * configuration} error that names the package.
     *
     * @param debianPackage what to install
     * @param whenStdin it is needed only when stdin matches this
     */
    record Requirement(String program, String debianPackage, @Nullable Pattern whenStdin) {
        public Requirement {
            if (program.isBlank()) throw new IllegalArgumentException("program is blank");
        }

        public Optional<Pattern> onlyWhenStdinMatches() {
            return Optional.ofNullable(whenStdin);
        }
    }
}
