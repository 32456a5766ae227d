package dev.pawl.store.postgres;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Everything at once while days go by, and periods are made and dropped. */
@Timeout(300)
class PostgresHistoryCrowdTest extends HistoryScenes {
    @Test
    void noJobIsLostThatHasToStayAndNoCallFails() throws InterruptedException {
        try (var other = another()) {
            new HistoryCrowd(this, List.of(store, other)).mingle(6, 300);
        }
    }
}
