package dev.pawl.testkit;

/**
 * What every store must do, as tests. A store's own test implements this interface and says how to
 * open one; {@link MemoryStore} passes it, and every other store has to pass it unchanged.
 */
public interface StoreContract
        extends SubmitContract,
                ClaimContract,
                EndContract,
                FenceContract,
                FlightContract,
                ParentsContract {}
