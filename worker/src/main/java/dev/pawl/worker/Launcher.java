package dev.pawl.worker;

/** Gives attempts something to run on: threads in production, a simulator's steps in tests. */
public interface Launcher {
    /** Gets ready to run it; nothing starts yet. Doesn't block. */
    Launch prepare(Run run);

    /** One attempt's thread. */
    interface Launch {
        void start();

        /** Asks the handler to stop; may come before the start and after the end. */
        void interrupt();
    }

    /** One virtual thread per attempt. */
    static Launcher threads() {
        return run -> {
            Thread thread = Thread.ofVirtual().name("run-" + run.id()).unstarted(run);
            return new Launch() {
                @Override
                public void start() {
                    thread.start();
                }

                @Override
                public void interrupt() {
                    thread.interrupt();
                }
            };
        };
    }
}
