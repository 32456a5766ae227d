package dev.pawl.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.SystemTime;
import dev.pawl.testkit.MemoryStore;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class PawlTest {
    private final Queue<Letter> sent = new ConcurrentLinkedQueue<>();
    private final MemoryStore store = new MemoryStore(new SystemTime());
    private final Pawl pawl =
            Pawl.on(store, new Rig.NoFiles(), new Random(1))
                    .tool("send@1", Letter.class, this::send)
                    .tool("count@1", Letter.class, (letter, _) -> letter.text().length())
                    .start();

    record Letter(String to, String text) {}

    private void send(Letter letter) {
        sent.add(letter);
    }

    @AfterEach
    void close() {
        pawl.close();
    }

    @Test
    void aSubmittedRecordReachesItsHandler() throws Exception {
        var letter = new Letter("a@example.org", "Hello");

        Waited end = pawl.await(pawl.submit("send@1", letter), WaitOptions.defaults());

        assertThat(end.succeeded()).isTrue();
        assertThat(sent).containsExactly(letter);
    }

    @Test
    void whatAHandlerAnswersIsTheOutput() throws Exception {
        JobId id = pawl.submit("count@1", new Letter("a@example.org", "Hello"));
        pawl.await(id, WaitOptions.defaults());

        assertThat(pawl.output(id, Integer.class)).isEqualTo(5);
    }

    @Test
    void anInputThatIsNoRecordOfItsTypeIsTheCallersFault() throws Exception {
        JobId id = pawl.submit("send@1", List.of(1, 2));

        Waited end = pawl.await(id, WaitOptions.defaults());

        assertThat(end.failures().getFirst().message()).contains("input is no");
        assertThat(store.find(id).orElseThrow().state()).isInstanceOf(JobState.Dead.class);
    }

    @Test
    void aJobThatHasNotSucceededHasNoOutput() {
        JobId id = pawl.submit("nobodys@1", new Letter("a@example.org", "Hello"));

        assertThatThrownBy(() -> pawl.output(id, Integer.class))
                .hasMessage("job %s is queued; only a succeeded one has an output".formatted(id));
    }
}
