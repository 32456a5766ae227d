package dev.pawl.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A shell that outlives this JVM, however that ends, by as long as it takes to end the server that
 * was started from it and to remove its folder. It learns of the end by the end of its input.
 */
final class ServerGuard implements AutoCloseable {
    private static final String SCRIPT =
            """
            trap '' HUP INT TERM
            pid=
            while read -r line; do pid=$line; done
            if [ -n "$pid" ] && kill -QUIT "$pid" 2>/dev/null; then
                tries=0
                while kill -0 "$pid" 2>/dev/null && [ $tries -lt 100 ]; do
                    tries=$((tries + 1))
                    sleep 0.1
                done
                kill -KILL "$pid" 2>/dev/null
            fi
            rm -rf "$0"
            """;

    private final Process shell;
    private final Writer orders;

    private ServerGuard(Process shell) {
        this.shell = shell;
        this.orders = shell.outputWriter();
    }

    /**
     * @param folder what is removed in the end
     */
    static ServerGuard of(Path folder) throws IOException {
        return new ServerGuard(
                new ProcessBuilder("sh", "-c", SCRIPT, folder.toString())
                        .directory(Path.of("/").toFile())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start());
    }

    /** From now on it is this process that must not be left behind. */
    void watch(long pid) {
        order(Long.toString(pid));
    }

    void watchNothing() {
        order("");
    }

    private void order(String line) {
        try {
            orders.write(line + "\n");
            orders.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends what is watched, if anything, and removes the folder. */
    @Override
    public void close() {
        try {
            orders.close();
            shell.waitFor(20, TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
