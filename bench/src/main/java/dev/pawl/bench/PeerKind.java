package dev.pawl.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A job system in one of its settings, and how its process is started.
 *
 * @param fewer how many times fewer jobs it gets, so that a slow one ends on the same day
 * @param woken whether its worker hears of a single job, so that its pickup means something
 */
record PeerKind(String name, int fewer, boolean woken, List<String> command) {
    /** Where {@code bench/run} has put what others wrote. */
    private static final Path PEERS = Path.of(System.getProperty("pawl.peers", ".build/peers"));

    PeerKind {
        command = List.copyOf(command);
    }

    /** All of them; Pawl and the raw loop are of this module. */
    static List<PeerKind> all() {
        return List.of(
                pawl(),
                ours("raw", 1, false, "dev.pawl.bench.RawPeer"),
                node("graphile-worker fast", 1, "graphile.mjs", "fast"),
                node("graphile-worker default", 10, "graphile.mjs", "default"),
                node("pg-boss fast", 1, "pgboss.mjs", "fast"),
                node("pg-boss default", 100, "pgboss.mjs", "default"),
                jvm("db-scheduler fast", 5, "dev.pawl.bench.peers.DbSchedulerPeer", "fast"),
                jvm("db-scheduler default", 20, "dev.pawl.bench.peers.DbSchedulerPeer", "default"),
                jvm("jobrunr fast", 20, "dev.pawl.bench.peers.JobRunrPeer", "fast"),
                jvm("jobrunr default", 50, "dev.pawl.bench.peers.JobRunrPeer", "default"));
    }

    /** Pawl as its library is used, in its default settings. */
    static PeerKind pawl() {
        return ours("pawl", 1, true, "dev.pawl.bench.PawlPeer");
    }

    /** Pawl, which tells how long its claims take. */
    static PeerKind timed() {
        return ours(PawlPeer.TIMED, 1, true, "dev.pawl.bench.PawlPeer");
    }

    /** Pawl, with limits on its jobs. */
    static PeerKind limited(PawlLimits limits) {
        return ours("pawl " + limits.wire(), 1, true, "dev.pawl.bench.PawlPeer");
    }

    /** Pawl, with its jobs spread over so many tools. */
    static PeerKind spread(int tools) {
        return ours(PawlPeer.spread(tools), 1, true, "dev.pawl.bench.PawlPeer");
    }

    private static PeerKind ours(String name, int fewer, boolean woken, String main) {
        return new PeerKind(
                name, fewer, woken, java(System.getProperty("java.class.path"), main, name));
    }

    private static PeerKind jvm(String name, int fewer, String main, String setting) {
        String path = PEERS.resolve("jvm/lib") + "/*";
        return new PeerKind(name, fewer, setting.equals("fast"), java(path, main, setting));
    }

    private static PeerKind node(String name, int fewer, String program, String setting) {
        Path folder = PEERS.resolve("node");
        return new PeerKind(
                name,
                fewer,
                setting.equals("fast"),
                List.of(
                        folder.resolve("node_modules/.bin/node").toString(),
                        folder.resolve(program).toString(),
                        setting));
    }

    private static List<String> java(String path, String main, String setting) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                // As ./pawl starts a worker: what it compiles, it compiles once.
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                path,
                main,
                setting);
    }

    /** Whether it was installed. */
    boolean there() {
        return Files.isExecutable(Path.of(command.getFirst()))
                && (!command.contains("-cp")
                        || command.contains(System.getProperty("java.class.path"))
                        || Files.exists(PEERS.resolve("jvm/lib")));
    }

    /**
     * The command for a database: its URL goes before the setting.
     *
     * @param flags of the JVM, where it runs on one
     */
    List<String> commandFor(String url, List<String> flags) {
        var all = new ArrayList<>(command);
        all.add(all.size() - 1, url);
        if (program().isPresent()) all.addAll(1, flags);
        return all;
    }

    /** Its main class; none where it doesn't run on the JVM. */
    Optional<String> program() {
        int path = command.indexOf("-cp");
        return path < 0 ? Optional.empty() : Optional.of(command.get(path + 2));
    }

    /** Where what a short run of its program has loaded is kept, for the next ones. */
    Optional<Path> cache() {
        return program().map(main -> PEERS.resolve(main + ".aot").toAbsolutePath());
    }

    /** Where its processes complain. */
    Path log() {
        return PEERS.resolve(name.replace(' ', '-') + ".log");
    }
}
