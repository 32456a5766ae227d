package dev.pawl.bench;

import dev.pawl.core.Outcome;
import dev.pawl.store.postgres.PostgresOptions;
import dev.pawl.store.postgres.PostgresStore;
import dev.pawl.worker.Served;
import dev.pawl.worker.Serving;
import dev.pawl.worker.Slot;
import dev.pawl.worker.Surroundings;
import dev.pawl.worker.SystemProcesses;
import dev.pawl.worker.Worker;
import dev.pawl.worker.WorkerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A server's or a worker's process that has nothing to do until it is closed. */
final class IdleProcess implements AutoCloseable {
    private static final int SLOTS = 50;

    private final Process process;

    private IdleProcess(Process process) {
        this.process = process;
    }

    static IdleProcess server(String url) throws IOException {
        return start(url, "server");
    }

    /** One with {@value #SLOTS} slots. */
    static IdleProcess worker(String url) throws IOException {
        return start(url, "worker");
    }

    /** Returns when it is there. */
    private static IdleProcess start(String url, String what) throws IOException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                IdleProcess.class.getName(),
                                url,
                                what)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        if (process.getInputStream().read() < 0)
            throw new IllegalStateException("the %s ended at once".formatted(what));
        return new IdleProcess(process);
    }

    public static void main(String[] arguments) throws Exception {
        String url = arguments[0];
        try (AutoCloseable _ = arguments[1].equals("server") ? new PostgresSite(url) : work(url)) {
            System.out.println("there");
            // Until whoever started this one ends.
            while (System.in.read() >= 0) {}
        }
        System.exit(0);
    }

    private static AutoCloseable work(String url) {
        var store = PostgresStore.open(PostgresOptions.of(url));
        var engine = Jobs.engine(store);
        var done = new Outcome.Succeeded("{}", List.of());
        var noop = new Served(_ -> done, Slot.HANDLER, Duration.ZERO);
        var worker =
                new Worker(
                        engine,
                        Serving.all(Map.of(Jobs.NOOP, noop)),
                        WorkerOptions.defaults().withHandlerSlots(SLOTS).withCommandSlots(0),
                        new Surroundings(Jobs.TIME, new Random(), new SystemProcesses(_ -> {})));
        worker.start();
        return () -> {
            worker.close();
            store.close();
        };
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
