package dev.pawl.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables fit the terminal; a job's id is always whole, so that it can be copied. */
final class TableTest {
    @TempDir Path folder;
    private Typed user;

    @BeforeEach
    void aJob() {
        user = new Typed(folder).tool("echo", "tool: echo@1\nrun: {command: [echo]}\n");
        assertThat(user.type("submit", "echo", "--in", "1h").out()).isNotEmpty();
    }

    @Test
    void noLineIsWiderThanTheTerminalAndTheIdIsWhole() {
        for (int columns : new int[] {200, 100, 80, 64, 50, 40}) {
            String out = user.terminal(columns).type("jobs", "list", "--color", "never").out();

            assertThat(out.lines()).allMatch(line -> line.strip().length() <= columns);
            assertThat(out.lines().skip(1)).allMatch(line -> line.matches("[0-9a-f-]{36}( .*)?"));
        }
    }

    @Test
    void aPipeGetsEverythingAndNoHeading() {
        assertThat(user.type("jobs", "list").out())
                .matches("[0-9a-f-]{36}\techo@1\tqueued\t[0-9T:.-]+Z\tin 59 min .*\n");
    }
}
