package dev.pawl.core;

/**
 * The other processes that work on the same store, where it can carry hints to and from them. A
 * hint may be late, missing or told twice, so that polling is always enough. Thread-safe.
 */
public interface Neighbours {
    /** Nobody, or nobody who could be told. */
    Neighbours NONE =
            new Neighbours() {
                private final EngineListener nobody = new EngineListener() {};

                @Override
                public EngineListener others() {
                    return nobody;
                }

                @Override
                public void hear(EngineListener here) {}
            };

    /** Tells them what has happened here; its methods return at once. */
    EngineListener others();

    /**
     * Tells {@code here} what happens there, from now until the store is closed. The same listener
     * twice is once.
     */
    void hear(EngineListener here);
}
