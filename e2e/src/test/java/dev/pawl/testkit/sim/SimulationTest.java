package dev.pawl.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A thousand fixed seeds hold every invariant. Each run is one thread's; two go side by side. */
final class SimulationTest {
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
    void aHundredSeedsHoldEveryInvariant() {
        assertThat(broken(1, 100)).isEmpty();
    }

    /** Starts no process, but would make {@code ./check fast} slow. */
    @Test
    @Tag("process")
    void andTheOthersOfAThousandDo() {
        assertThat(broken(101, 1_000)).isEmpty();
    }

    private List<String> broken(long from, long to) {
        var simulation = new Simulation(folder);
        return LongStream.rangeClosed(from, to)
                .parallel()
                .mapToObj(seed -> simulation.run(seed, Simulation.STEPS, new Trace(false)))
                .filter(result -> result.violation() != null)
                .map(result -> "./sim " + result.seed() + ": " + result.violation())
                .toList();
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
