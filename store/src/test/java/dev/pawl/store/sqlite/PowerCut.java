package dev.pawl.store.sqlite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * What a power failure may leave of a database and its log. Looks at both files after each write
 * and makes up disks from three things: what was synced is there; what was written later is there,
 * not there or garbled, byte by byte and in any order; and nothing written after a sync is there
 * unless all before it is.
 *
 * <p>SQLite syncs the log at a commit (with {@code FULL}) and before it copies pages into the
 * database, the database after that, and the header of a log that it begins anew before it writes
 * the first page behind it: https://www.sqlite.org/wal.html, and wal.c.
 */
final class PowerCut {
    /** Which writes are on the disk: the last one must be, may be or can't be. */
    enum Last {
        THERE,
        OPEN,
        ABSENT
    }

    /** A disk after the failure. */
    static final class Disk {
        /** Where the cut was, for a person. */
        final String how;

        final Last last;
        private final byte[] database;
        private final byte[] log;

        Disk(String how, byte[] database, byte[] log, Last last) {
            this.how = how;
            this.last = last;
            this.database = database;
            this.log = log;
        }

        /** Puts it there, with its log beside it. */
        void write(Path there) throws IOException {
            Files.write(there, database);
            Files.write(there.resolveSibling(there.getFileName() + "-wal"), log);
        }
    }

    /** https://www.sqlite.org/fileformat2.html#the_write_ahead_log */
    private static final int HEADER = 32;

    private static final int FRAME_HEADER = 24;
    private static final int SECTOR = 512;

    private final Path file;
    private final Random random;
    private byte[] database;

    /** The database before pages were copied from the log that is still there. */
    private byte[] earlier;

    private byte[] log = new byte[0];
    private int end;
    private int synced;
    private boolean allSynced = true;

    /** Looks at a database that was closed. */
    PowerCut(Path file, Random random) {
        this.file = file;
        this.random = random;
        this.database = read("");
        this.earlier = database;
    }

    /** Whether every write so far survives any power failure from now on. */
    boolean allSynced() {
        return allSynced;
    }

    /**
     * The disks that a failure during the last write could have left.
     *
     * @param commitSynced whether that write's commit waited for the disk
     */
    List<Disk> after(boolean commitSynced) {
        var disks = new ArrayList<Disk>();
        byte[] newLog = read("-wal");
        byte[] newDatabase = read("");
        boolean begunAnew = !Arrays.equals(header(log), header(newLog));
        if (begunAnew) {
            for (int at : List.of(1, 12, 17, 24, 31))
                disks.add(
                        new Disk(
                                "header of a new log torn at " + at,
                                database,
                                joined(newLog, at, log),
                                Last.ABSENT));
            log = joined(newLog, HEADER, log);
            end = HEADER;
            synced = HEADER;
            earlier = database;
        }
        int newEnd = end(newLog);
        for (int i = 0; i < 6 && synced < end; i++) {
            int at = i == 0 ? synced : synced + random.nextInt(end - synced);
            disks.add(cut(newLog, newEnd, at, random.nextInt(6)));
        }
        for (int at = end; at < newEnd; at += frame(newLog)) {
            disks.add(cut(newLog, newEnd, at, 0));
            disks.add(
                    cut(newLog, newEnd, at + random.nextInt(frame(newLog)), 1 + random.nextInt(5)));
        }
        boolean written = newEnd > end;
        allSynced = written ? commitSynced : allSynced;
        if (written && commitSynced) synced = newEnd;
        if (!Arrays.equals(database, newDatabase)) {
            for (int i = 0; i < 10; i++)
                disks.add(
                        new Disk(
                                "some pages copied to the database",
                                mixed(earlier, newDatabase),
                                newLog,
                                Last.THERE));
            synced = newEnd;
            allSynced = true;
        }
        database = newDatabase;
        log = newLog;
        end = newEnd;
        return disks;
    }

    /** The log's unsynced part is there until that byte, and behind it as the kind says. */
    private Disk cut(byte[] now, int nowEnd, int at, int kind) {
        byte[] left = joined(now, at, log);
        byte[] tail = Arrays.copyOfRange(now, at, nowEnd);
        String how =
                switch (kind) {
                    case 0, 1 -> "cut";
                    case 2 -> {
                        left = joined(left, at, new byte[Math.max(nowEnd, left.length)]);
                        yield "zeroes";
                    }
                    case 3 -> {
                        random.nextBytes(tail);
                        left = inserted(tail, at, left);
                        yield "garbage";
                    }
                    case 4 -> {
                        tail[random.nextInt(tail.length)] ^= (byte) (1 << random.nextInt(8));
                        left = inserted(tail, at, left);
                        yield "a bit turned";
                    }
                    default -> {
                        left = scattered(now, nowEnd);
                        yield "some sectors of all that was not synced";
                    }
                };
        // Another process may just have been copying pages that this log has synced.
        boolean copying = random.nextInt(4) == 0;
        return new Disk(
                "%s from byte %d of %d, %d synced%s"
                        .formatted(how, at, nowEnd, synced, copying ? ", while copying" : ""),
                copying ? mixed(earlier, database) : database,
                left,
                Last.OPEN);
    }

    private byte[] scattered(byte[] now, int nowEnd) {
        byte[] left = Arrays.copyOf(log, Math.max(log.length, nowEnd));
        for (int at = synced; at < nowEnd; ) {
            int next = Math.min(nowEnd, (at / SECTOR + 1) * SECTOR);
            if (random.nextBoolean()) System.arraycopy(now, at, left, at, next - at);
            at = next;
        }
        return left;
    }

    /** Each sector of the one or of the other; the file as long as either. */
    private byte[] mixed(byte[] one, byte[] other) {
        byte[] longer = one.length > other.length ? one : other;
        byte[] mixed = longer.clone();
        for (int at = 0; at < Math.min(one.length, other.length); at += SECTOR)
            System.arraycopy(random.nextBoolean() ? one : other, at, mixed, at, SECTOR);
        return random.nextBoolean() ? mixed : Arrays.copyOf(mixed, one.length);
    }

    /** The first bytes of the one, and behind them what the other has there. */
    private static byte[] joined(byte[] first, int length, byte[] behind) {
        byte[] joined = Arrays.copyOf(first, Math.max(length, behind.length));
        if (behind.length > length)
            System.arraycopy(behind, length, joined, length, behind.length - length);
        return joined;
    }

    private static byte[] inserted(byte[] part, int at, byte[] into) {
        byte[] all = Arrays.copyOf(into, Math.max(into.length, at + part.length));
        System.arraycopy(part, 0, all, at, part.length);
        return all;
    }

    private static byte[] header(byte[] log) {
        return Arrays.copyOf(log, Math.min(HEADER, log.length));
    }

    private static int frame(byte[] log) {
        return FRAME_HEADER + ByteBuffer.wrap(log).getInt(8);
    }

    /** Where the frames end that carry the salt of this log's header; older ones may follow. */
    private static int end(byte[] log) {
        if (log.length < HEADER) return log.length;
        long salt = ByteBuffer.wrap(log).getLong(16);
        int at = HEADER;
        while (at + frame(log) <= log.length && ByteBuffer.wrap(log).getLong(at + 8) == salt)
            at += frame(log);
        return at;
    }

    /**
     * Closing the file takes this process's locks on it away, as POSIX has it; no other process has
     * it open, and inside one SQLite counts for itself.
     */
    private byte[] read(String suffix) {
        try {
            return Files.readAllBytes(file.resolveSibling(file.getFileName() + suffix));
        } catch (NoSuchFileException e) {
            return new byte[0];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
