package dev.pawl.worker.executor;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.tool.Requests;
import dev.pawl.tool.Tool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks a tool's program for its version, which counts for the input hash. */
public final class ProgramVersion implements Requests.ProgramVersions {
    private static final int CHARS_MAX = 4_096;
    private static final int SECONDS_MAX = 10;

    private final Map<String, String> environment;

    /**
     * @param environment of this process; the program gets its PATH only
     */
    public ProgramVersion(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    @Override
    public String of(Tool tool, List<String> command) {
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().clear();
            builder.environment().put("PATH", environment.getOrDefault("PATH", ""));
            Process process = builder.start();
            process.getOutputStream().close();
            byte[] bytes = process.getInputStream().readNBytes(CHARS_MAX);
            boolean ended = process.waitFor(SECONDS_MAX, TimeUnit.SECONDS);
            process.destroyForcibly();
            String text = new String(bytes, StandardCharsets.UTF_8).strip();
            if (ended && !text.isEmpty()) return text;
            throw refused(tool, command, ended ? "printed nothing" : "does not end", null);
        } catch (IOException e) {
            throw refused(tool, command, "can't be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refused(tool, command, "was interrupted", null);
        }
    }

    private static PawlException refused(
            Tool tool, List<String> command, String why, @Nullable IOException cause) {
        String message =
                "tool %s: its version command %s %s; install the program"
                        .formatted(tool.id(), command, why);
        return cause == null
                ? new PawlException(ErrorCode.NOT_POSSIBLE_NOW, message)
                : new PawlException(ErrorCode.NOT_POSSIBLE_NOW, message, cause);
    }
}
