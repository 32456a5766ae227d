package dev.pawl.worker;

/** What wakes each loop of one worker. */
record Signals(
        Signal claim,
        Signal second,
        Signal complete,
        Signal heartbeat,
        Signal watch,
        Signal journal,
        Signal chores) {
    Signals() {
        this(
                new Signal(),
                new Signal(),
                new Signal(),
                new Signal(),
                new Signal(),
                new Signal(),
                new Signal());
    }
}
