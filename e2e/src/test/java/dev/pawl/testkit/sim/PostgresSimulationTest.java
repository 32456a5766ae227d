package dev.pawl.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The simulation on a real PostgreSQL: fewer seeds, for each call takes as long as there. */
@Tag("process")
final class PostgresSimulationTest {
    private static final int SEEDS = 60;

    @Test
    void itsSeedsHoldEveryInvariant() {
        var broken = new ArrayList<String>();
        try (var ground = PostgresGround.make()) {
            for (long seed = 1; seed <= SEEDS; seed++) {
                Simulation.Result result = ground.run(seed, Simulation.STEPS, new Trace(false));
                if (result.violation() != null)
                    broken.add("./sim --postgres %d: %s".formatted(seed, result.violation()));
            }
        }
        assertThat(broken).isEmpty();
    }
}
