package dev.pawl.app;

import dev.pawl.app.cli.ExitCode;
import dev.pawl.app.cli.Outside;
import dev.pawl.core.JobId;
import dev.pawl.core.SystemTime;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntConsumer;

/** A user who types commands in a folder. */
final class Typed {
    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private String stdin = "";
    private final Deque<String> answers = new ArrayDeque<>();
    private Outside.Terminal terminal = Outside.Terminal.NONE;
    private IntConsumer onWatch = _ -> {};

    Typed(Path folder) {
        this.folder = folder;
        environment.put("PATH", System.getenv().getOrDefault("PATH", ""));
    }

    /** How a command ended and what it printed. */
    record Ended(ExitCode code, String out, String err) {
        /** The first word of its output, which is a job's id. */
        JobId job() {
            return JobId.parse(out.split("\\s", 2)[0]).orElseThrow();
        }
    }

    Typed with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    Typed stdin(String text) {
        stdin = text;
        return this;
    }

    /** What a person at the terminal answers to prompts; nobody sits there unless told. */
    Typed answers(String... texts) {
        answers.addAll(List.of(texts));
        return this;
    }

    Typed terminal(int columns) {
        terminal = new Outside.Terminal(true, true, columns);
        return this;
    }

    Typed file(String name, String text) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A tool file in a folder that is given with every command. */
    Typed tool(String name, String yaml) {
        return file("my-tools/" + name + ".yaml", yaml);
    }

    Path folder() {
        return folder;
    }

    Ended type(String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        ExitCode code =
                Main.run(
                        args,
                        new Outside(
                                "0.0.1-test",
                                folder,
                                tools(),
                                environment,
                                new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
                                new PrintStream(out, true, StandardCharsets.UTF_8),
                                new PrintStream(err, true, StandardCharsets.UTF_8),
                                terminal,
                                new SystemTime(),
                                new Random(),
                                new Signals(),
                                _ -> Optional.ofNullable(answers.poll())));
        return new Ended(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Tools of this user, instead of those that come with Pawl. */
    private Path tools() {
        Path own = folder.resolve("my-tools");
        return Files.isDirectory(own) ? own : folder;
    }

    /** Does it when a command begins to listen for signals; it may send one. */
    Typed whenWatching(IntConsumer action) {
        onWatch = action;
        return this;
    }

    private IntConsumer sent = _ -> {};

    /** As Ctrl-C does. */
    void signal(int count) {
        sent.accept(count);
    }

    private final class Signals implements Outside.StopSignals {
        @Override
        public Watch watch(IntConsumer onSignal) {
            sent = onSignal;
            onWatch.accept(0);
            return () -> sent = _ -> {};
        }

        @Override
        public void exitNow(ExitCode code) {
            throw new AssertionError("exits with " + code);
        }
    }

    static List<String> lines(String text) {
        return text.lines().toList();
    }
}
