package dev.pawl.worker.executor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Outcome;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("process")
@Timeout(180)
final class CommandBadDaysTest {
    @TempDir Path data;

    @Test
    void twoGigabytesWithoutALineEndNeverFillMemory() throws Exception {
        assertThat(flood("head -c 2000000000 /dev/zero")).startsWith("lines 1");
    }

    @Test
    void halfAGigabyteInLinesNeverFillsMemory() throws Exception {
        String line = "x".repeat(999);

        assertThat(flood("yes " + line + " | head -n 500000")).startsWith("lines 500000");
    }

    @Test
    void aChildThatFloodsAfterTheCommandsEndNeverFillsMemory() throws Exception {
        assertThat(flood("sh -c \"trap '' TERM; yes " + "x".repeat(999) + "\" & exit 0"))
                .startsWith("lines ");
    }

    @Test
    void garbageOnStdoutBecomesLinesOfBoundedLength() throws Exception {
        var attempt = new RecordingAttempt("{}");

        Outcome outcome =
                new Commands(data)
                        .shell("head -c 3000000 /dev/urandom; head -c 30000 /dev/zero")
                        .run(attempt);

        assertThat(outcome).isInstanceOf(Outcome.Succeeded.class);
        assertThat(attempt.lines)
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line.length()).isLessThan(8192 + 100))
                .noneMatch(line -> line.contains("\0"));
    }

    @Test
    void aDiskThatIsFullWhileStdoutIsKeptIsAnInfrastructureError() throws Exception {
        assertThat(onSmallDisk("exec head -c 50000000 /dev/zero", "big.bin"))
                .contains("INFRASTRUCTURE", "disk is full", "bytes free");
    }

    @Test
    void aCommandThatFailsOnAFullDiskIsAnInfrastructureError() throws Exception {
        assertThat(onSmallDisk("head -c 50000000 /dev/zero > big", ""))
                .contains("INFRASTRUCTURE", "disk is full", "bytes free");
    }

    private String flood(String script) throws Exception {
        try (var jvm =
                ChildJvm.start(
                        List.of("-Xmx24m", "-XX:+ExitOnOutOfMemoryError"),
                        CommandMain.class,
                        data.toString(),
                        script)) {
            String lines = "lines " + jvm.await("lines ");
            assertThat(jvm.await("outcome ")).startsWith("Succeeded");
            assertThat(jvm.process().waitFor()).isZero();
            return lines;
        }
    }

    /** The outcome of a command whose data folder has room for 4 MB; as its own user's root. */
    private String onSmallDisk(String script, String stdoutName) throws Exception {
        String mount = "mount -t tmpfs -o size=4m tmpfs \"$0\" && exec \"$@\"";
        List<String> before = List.of("unshare", "-Urm", "sh", "-c", mount, data.toString());
        boolean can =
                new ProcessBuilder(
                                        List.of(
                                                "unshare", "-Urm", "mount", "-t", "tmpfs", "t",
                                                data + ""))
                                .start()
                                .waitFor()
                        == 0;
        if (!"all".equals(System.getenv("PAWL_REQUIRE")))
            Assumptions.assumeTrue(can, "this machine lets nobody make a small disk (unshare)");
        try (var jvm =
                new ChildJvm(
                        before,
                        List.of(),
                        CommandMain.class,
                        data.toString(),
                        script,
                        stdoutName)) {
            return jvm.await("outcome ");
        }
    }
}
