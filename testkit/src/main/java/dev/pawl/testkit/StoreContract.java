package dev.pawl.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.JobId;
import dev.pawl.core.Store;
import org.junit.jupiter.api.Test;

/**
 * What every store must do, as tests. A store's own test implements this interface and says how to
 * open one; {@link MemoryStore} passes it, and every other store has to pass it unchanged. A store
 * that keeps its jobs on disk implements {@link DurableStoreContract} instead.
 */
public interface StoreContract
        extends SubmitContract,
                SubmitManyContract,
                ClaimContract,
                LimitContract,
                EndContract,
                FenceContract,
                FlightContract,
                DueFlightContract,
                KeptContract,
                ParentsContract,
                TimeContract,
                LeadContract,
                OutsideContract,
                RetentionContract,
                AdoptContract,
                ListContract,
                SearchContract,
                CountsContract,
                EventsContract,
                LifecycleContract,
                ConcurrencyContract {
    @Test
    default void jobsOutliveTheStoreExactlyWhenItIsDurable() {
        try (var s = new StoreDriver(this)) {
            JobId id = s.submit();

            try (Store again = reopen(s.time)) {
                assertThat(again.find(id).isPresent())
                        .isEqualTo(capabilities().contains(Capability.DURABLE));
            }
        }
    }
}
