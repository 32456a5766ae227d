package dev.pawl.worker.executor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The processes of this machine at one moment, as far as this one may see them. */
record ProcessTable(Map<Long, Entry> entries) {
    private static final Path PROC = Path.of("/proc");
    private static final int BUFFER_BYTES = 1024;
    private static final boolean LINUX = Files.isReadable(PROC.resolve("self/stat"));

    /**
     * @param session number of the process that began its session; 0 where it isn't known
     * @param running false when it has ended and only waits to be waited for
     */
    record Entry(ProcessId id, long parent, long session, boolean running) {}

    /** Reads the table: on Linux some ten microseconds per process. */
    static ProcessTable now() {
        var entries = new HashMap<Long, Entry>();
        for (long pid : pids()) entry(pid).ifPresent(entry -> entries.put(pid, entry));
        return new ProcessTable(entries);
    }

    static Optional<Entry> entry(long pid) {
        return LINUX ? linuxEntry(pid) : ProcessHandle.of(pid).map(ProcessTable::handleEntry);
    }

    /** Those of {@code roots} that still run, and everything they started that runs. */
    Set<ProcessId> treesOf(Set<ProcessId> roots) {
        var found = new HashSet<ProcessId>();
        var open = new ArrayDeque<ProcessId>();
        for (ProcessId id : roots) if (isRunning(id) && found.add(id)) open.add(id);
        if (open.isEmpty()) return found;
        Map<Long, List<ProcessId>> children = runningByParent();
        while (!open.isEmpty())
            for (ProcessId child : children.getOrDefault(open.remove().pid(), List.of()))
                if (found.add(child)) open.add(child);
        return found;
    }

    /**
     * The running processes of the session that this one began. A number isn't given again while a
     * session has it; one that another process has by now is no session of that one any more.
     */
    Set<ProcessId> sessionOf(ProcessId leader) {
        var found = new HashSet<ProcessId>();
        Entry now = entries.get(leader.pid());
        if (now != null && !now.id().equals(leader)) return found;
        for (Entry entry : entries.values())
            if (entry.session() == leader.pid() && entry.running() && !isThis(entry))
                found.add(entry.id());
        return found;
    }

    boolean beganSession(ProcessId id) {
        Entry entry = entries.get(id.pid());
        return entry != null && entry.id().equals(id) && entry.session() == id.pid();
    }

    /** The running processes that started at {@code start} or later and carry the marker. */
    Set<ProcessId> carrying(Marker marker, long start) {
        var found = new HashSet<ProcessId>();
        for (Entry entry : entries.values())
            if (entry.running()
                    && !isThis(entry)
                    && entry.id().start() >= start
                    && marker.isIn(environment(entry.id().pid()))) found.add(entry.id());
        return found;
    }

    boolean isRunning(ProcessId id) {
        Entry entry = entries.get(id.pid());
        return entry != null && entry.running() && entry.id().equals(id) && !isThis(entry);
    }

    /** A worker that a leftover command started never ends itself. */
    private static boolean isThis(Entry entry) {
        return entry.id().pid() == ProcessHandle.current().pid();
    }

    private Map<Long, List<ProcessId>> runningByParent() {
        var children = new HashMap<Long, List<ProcessId>>();
        for (Entry entry : entries.values())
            if (entry.running() && !isThis(entry))
                children.computeIfAbsent(entry.parent(), _ -> new ArrayList<>()).add(entry.id());
        return children;
    }

    private static List<Long> pids() {
        if (!LINUX) return ProcessHandle.allProcesses().map(ProcessHandle::pid).toList();
        String[] names = PROC.toFile().list();
        if (names == null) throw new IllegalStateException("can't list " + PROC);
        return Stream.of(names)
                .filter(name -> Character.isDigit(name.charAt(0)))
                .map(Long::valueOf)
                .toList();
    }

    /** proc(5), /proc/pid/stat: the name may hold spaces and brackets, so count from its last. */
    private static Optional<Entry> linuxEntry(long pid) {
        String stat = read(pid, "stat");
        int nameEnd = stat.lastIndexOf(')');
        if (nameEnd < 0) return Optional.empty();
        String[] fields = stat.substring(nameEnd + 2).split(" ", 21);
        if (fields.length < 21) return Optional.empty();
        boolean ended = fields[0].equals("Z") || fields[0].equals("X");
        return Optional.of(
                new Entry(
                        new ProcessId(pid, Long.parseLong(fields[19])),
                        Long.parseLong(fields[1]),
                        Long.parseLong(fields[3]),
                        !ended || hasOtherThreads(pid)));
    }

    /** Once its first thread has ended a process shows as ended while its others run on. */
    private static boolean hasOtherThreads(long pid) {
        try (var threads = Files.list(PROC.resolve(pid + "/task"))) {
            return threads.count() > 1;
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    private static Entry handleEntry(ProcessHandle handle) {
        return new Entry(
                new ProcessId(
                        handle.pid(),
                        handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L)),
                handle.parent().map(ProcessHandle::pid).orElse(0L),
                0,
                handle.isAlive());
    }

    private static String environment(long pid) {
        return LINUX ? read(pid, "environ") : "";
    }

    /** Empty when the process has gone or isn't ours to read. */
    private static String read(long pid, String file) {
        var buffer = new byte[BUFFER_BYTES];
        try (var in = new FileInputStream("/proc/" + pid + "/" + file)) {
            int length = 0;
            for (int n; (n = in.read(buffer, length, buffer.length - length)) > 0; ) {
                length += n;
                if (length == buffer.length) buffer = Arrays.copyOf(buffer, 2 * length);
            }
            return new String(buffer, 0, length, ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
