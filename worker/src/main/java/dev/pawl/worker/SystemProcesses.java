package dev.pawl.worker;

import dev.pawl.core.WorkerEntry;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/** The processes of this machine, as the operating system lists them. */
public final class SystemProcesses implements Processes {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    // Containers of one machine share its boot, but not its process numbers.
    private static final Path NUMBERS = Path.of("/proc/self/ns/pid");

    // Start times are read from a coarse clock; two processes of one pid are further apart.
    private static final Duration SAME = Duration.ofSeconds(2);

    private final String host;
    private final ProcessHandle self = ProcessHandle.current();
    private final Consumer<WorkerEntry> leftovers;

    /**
     * @param leftovers ends the commands that a worker whose process is gone left running
     */
    public SystemProcesses(Consumer<WorkerEntry> leftovers) {
        this.host = hostname() + boot();
        this.leftovers = leftovers;
    }

    @Override
    public String host() {
        return host;
    }

    @Override
    public long pid() {
        return self.pid();
    }

    @Override
    public Instant startedAt() {
        return self.info().startInstant().orElse(Instant.EPOCH);
    }

    @Override
    public boolean alive(long pid, Instant startedAt) {
        var process = ProcessHandle.of(pid);
        if (process.isEmpty() || !process.get().isAlive()) return false;
        var started = process.get().info().startInstant();
        // Where the start can't be seen, the lease has to run out: never forfeit a live worker's.
        if (started.isEmpty() || startedAt.equals(Instant.EPOCH)) return true;
        return Duration.between(startedAt, started.get()).abs().compareTo(SAME) < 0;
    }

    @Override
    public void endLeftovers(WorkerEntry gone) {
        leftovers.accept(gone);
    }

    private static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "localhost";
        }
    }

    private static String boot() {
        try {
            return "/%s/%s"
                    .formatted(Files.readString(BOOT_ID).strip(), Files.readSymbolicLink(NUMBERS));
        } catch (IOException e) {
            return "";
        }
    }
}
