package dev.pawl.worker.executor;

import java.util.Optional;

/**
 * A worker's process and where it runs, as its commands carry it and as the journal keeps it.
 *
 * @param place the machine's name, boot and process namespace: what its numbers mean only there
 */
record Owner(ProcessId process, Workplace place) {
    /** The worker whose text form this is; empty when it is another text. */
    static Optional<Owner> parse(String text) {
        String[] parts = text.split(" ", 5);
        if (parts.length != 5) return Optional.empty();
        try {
            return Optional.of(
                    new Owner(
                            new ProcessId(Long.parseLong(parts[0]), Long.parseLong(parts[1])),
                            new Workplace(parts[4], parts[2], parts[3])));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "%d %d %s %s %s"
                .formatted(
                        process.pid(), process.start(), place.boot(), place.pids(), place.host());
    }
}
