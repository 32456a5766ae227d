package dev.pawl.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SystemProcessesTest {
    private final SystemProcesses here = new SystemProcesses(_ -> {});

    @Test
    void thisProcessIsAlive() {
        assertThat(here.alive(here.pid(), here.startedAt())).isTrue();
    }

    @Test
    void anotherProcessThatHadTheSameNumberIsNot() {
        var before = here.startedAt().minus(Duration.ofHours(1));

        assertThat(here.alive(here.pid(), before)).isFalse();
    }

    @Test
    void aNumberThatNobodyHasIsNot() {
        assertThat(here.alive(Long.MAX_VALUE, here.startedAt())).isFalse();
    }

    @Test
    void theHostIsNamedTheSameEachTime() {
        assertThat(new SystemProcesses(_ -> {}).host()).isEqualTo(here.host()).isNotBlank();
    }
}
