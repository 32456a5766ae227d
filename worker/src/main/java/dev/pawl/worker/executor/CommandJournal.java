package dev.pawl.worker.executor;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.Time;
import dev.pawl.core.Token;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What commands this machine's workers run on one data folder, so that a worker that was killed
 * leaves none of them beside its retry.
 *
 * <p>{@code commands/LEASE.JOB} holds one small file per command: the worker, the command's
 * process, both with their start, and the attempt's folder. It is there before the folder and
 * before the process, and goes after both, so nothing is left that no entry names. Between the
 * start and the entry's second writing only the environment names the process, see {@link Marker}.
 *
 * <p>Nothing is forced to disk: a crash that takes the files takes the processes too.
 */
public final class CommandJournal {
    private static final Logger LOG = LoggerFactory.getLogger(CommandJournal.class);

    private final Path entries;
    private final Path attempts;
    private final String dataId;
    private final Workplace here = Workplace.here();
    private final Owner worker = new Owner(ProcessId.self(), here);
    private final Time time;

    /**
     * Opens the journal of that data folder; several workers may share it.
     *
     * @throws PawlException {@link ErrorCode#STORE_UNAVAILABLE} when it can't be written to
     */
    public CommandJournal(Path dataFolder, Time time) {
        this.time = time;
        try {
            Path data = Files.createDirectories(dataFolder).toRealPath();
            this.entries = Files.createDirectories(data.resolve("commands"));
            this.attempts = Files.createDirectories(data.resolve("attempts"));
            this.dataId = shortHash(data.toString());
        } catch (IOException e) {
            throw unavailable(dataFolder, e);
        }
    }

    /**
     * Ends what workers of this machine that are gone left running, and removes the folders of
     * their attempts. Blocks until none is left; call it before jobs are claimed. Leaves alone what
     * belongs to a worker that runs, or to one of another machine or container.
     *
     * @param grace between SIGTERM and SIGKILL
     * @return how many processes there were
     */
    public int endLeftovers(Duration grace) {
        List<Left> left = left();
        var tree = new ProcessTree(new Marker.OfEndedWorkers(dataId, here), 0, time);
        for (Left entry : left)
            if (entry.worker().place().equals(here)) entry.command().ifPresent(tree::add);
        int ended = tree.end(grace);
        for (Left entry : left) remove(entry.file(), entry.attemptFolder());
        if (ended > 0 || !left.isEmpty())
            LOG.info("ended {} processes of {} commands left behind", ended, left.size());
        return ended;
    }

    /** What a command's environment has to carry. */
    Map<String, String> markers(Token token) {
        var markers = new HashMap<String, String>();
        markers.put(Marker.LEASE, new Marker.OfAttempt(token).value());
        markers.put(Marker.DATA, dataId);
        markers.put(Marker.WORKER, worker.toString());
        return markers;
    }

    /** Begins an attempt's entry, with a new folder of its own. */
    Entry begin(Token token) {
        // One lease holds all jobs of a claim: the lease alone would be the name of several.
        String name = token.lease() + "." + token.job();
        var entry = new Entry(entries.resolve(name), attempts.resolve(name));
        try {
            entry.write("");
            Files.createDirectory(entry.attemptFolder);
            return entry;
        } catch (IOException e) {
            entry.close();
            throw unavailable(entry.attemptFolder, e);
        }
    }

    /** One command's entry; closing it removes the attempt's folder, then the entry. */
    final class Entry implements AutoCloseable {
        private final Path file;
        private final Path attemptFolder;

        private Entry(Path file, Path attemptFolder) {
            this.file = file;
            this.attemptFolder = attemptFolder;
        }

        Path attemptFolder() {
            return attemptFolder;
        }

        void started(ProcessId command) throws IOException {
            write(command.pid() + " " + command.start());
        }

        @Override
        public void close() {
            remove(file, attemptFolder);
        }

        private void write(String command) throws IOException {
            Path whole = file.resolveSibling(file.getFileName() + ".new");
            Files.write(whole, List.of(worker.toString(), command), UTF_8);
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** An entry whose worker is gone. */
    private record Left(Path file, Path attemptFolder, Owner worker, Optional<ProcessId> command) {}

    private List<Left> left() {
        var left = new ArrayList<Left>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(entries)) {
            for (Path file : files)
                read(file).filter(entry -> here.hasEnded(entry.worker())).ifPresent(left::add);
        } catch (IOException e) {
            throw unavailable(entries, e);
        }
        return left;
    }

    private Optional<Left> read(Path file) {
        try {
            List<String> lines = Files.readAllLines(file, UTF_8);
            if (lines.size() < 2) return Optional.empty();
            String name = file.getFileName().toString().replace(".new", "");
            return Owner.parse(lines.get(0))
                    .map(worker ->
                            new Left(file, attempts.resolve(name), worker, command(lines.get(1))));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<ProcessId> command(String line) {
        String[] parts = line.split(" ", 3);
        if (parts.length != 2) return Optional.empty();
        return Optional.of(new ProcessId(Long.parseLong(parts[0]), Long.parseLong(parts[1])));
    }

    private static void remove(Path file, Path attemptFolder) {
        try {
            FileTree.delete(attemptFolder);
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} can't be removed; remove it by hand: {}", attemptFolder, e.toString());
        }
    }

    private static PawlException unavailable(Path path, IOException e) {
        return new PawlException(
                ErrorCode.STORE_UNAVAILABLE, "data folder: " + path + ": " + e.getMessage(), e);
    }

    private static String shortHash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(hash, 8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
