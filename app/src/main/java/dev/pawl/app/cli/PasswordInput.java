package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.server.identity.Passwords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A new password: asked for twice on a terminal, else the first line of stdin. Never a flag, which
 * every process of the machine could read.
 */
final class PasswordInput {
    private static final int BYTES_MAX = 1_000;

    private PasswordInput() {}

    /** What is kept of it. */
    static String hash(Call call) throws InterruptedException {
        String password = read(call);
        Passwords.problem(password)
                .ifPresent(problem -> {
                    throw new PawlException(ErrorCode.INPUT_INVALID, problem);
                });
        return new Passwords(call.outside().random())
                .hash(password)
                .orElseThrow(() -> new IllegalStateException("nobody else hashes here"));
    }

    private static String read(Call call) {
        Optional<String> typed = call.outside().prompt().secret("Password: ");
        if (typed.isEmpty()) return line(call);
        if (!typed.equals(call.outside().prompt().secret("Again: ")))
            throw new PawlException(ErrorCode.INPUT_INVALID, "the two passwords differ");
        return typed.get();
    }

    private static String line(Call call) {
        try {
            byte[] bytes = call.outside().in().readNBytes(BYTES_MAX);
            String text = new String(bytes, StandardCharsets.UTF_8);
            return text.lines().findFirst().orElse("");
        } catch (IOException e) {
            throw new PawlException(
                    ErrorCode.INPUT_INVALID, "stdin can't be read: " + e.getMessage(), e);
        }
    }
}
