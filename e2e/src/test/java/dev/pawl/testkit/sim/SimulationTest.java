package dev.pawl.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A thousand fixed seeds hold every invariant. Each run is one thread's; two go side by side.
 *
 * <p>A seed that once broke something is kept below as a test of its own.
 */
final class SimulationTest {
    private static final int SEEDS = 1_000;

    private Path folder = Path.of("");

    @BeforeEach
    void make() throws IOException {
        folder = Simulate.folder();
    }

    @AfterEach
    void delete() throws IOException {
        Simulate.delete(folder);
    }

    @Test
    void aThousandSeedsHoldEveryInvariant() {
        var simulation = new Simulation(folder);
        List<String> broken =
                LongStream.rangeClosed(1, SEEDS)
                        .parallel()
                        .mapToObj(seed -> simulation.run(seed, Simulation.STEPS, new Trace(false)))
                        .filter(result -> result.violation() != null)
                        .map(result -> "./sim " + result.seed() + ": " + result.violation())
                        .toList();

        assertThat(broken).isEmpty();
    }

    @Test
    void theSameSeedIsTheSameRun() {
        var simulation = new Simulation(folder);
        var first = new Trace(true);
        var second = new Trace(true);

        simulation.run(17, 400, first);
        simulation.run(17, 400, second);

        assertThat(first.lines()).hasSizeGreaterThan(200).isEqualTo(second.lines());
    }
}
