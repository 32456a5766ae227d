package dev.pawl.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Whom a server's processes run as: PostgreSQL and PgBouncer refuse to be root, so where tests are
 * root, these are nobody.
 */
final class Unprivileged {
    private static final int NOBODY = 65534;
    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

    private Unprivileged() {}

    /** A command whose process is the program itself, with no other in between. */
    static ProcessBuilder command(List<String> program) {
        var command = new ArrayList<String>();
        if (ROOT)
            command.addAll(
                    List.of(
                            "setpriv",
                            "--reuid=" + NOBODY,
                            "--regid=" + NOBODY,
                            "--clear-groups",
                            "--"));
        command.addAll(program);
        return new ProcessBuilder(command)
                .directory(Path.of("/").toFile())
                .redirectErrorStream(true);
    }

    /** Runs a program to its end; fails with what it said unless it exits with 0. */
    static void run(List<String> program) throws IOException {
        Process process = command(program).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = process.onExit().join().exitValue();
        if (exit != 0) throw new IOException("%s: exit %d: %s".formatted(program, exit, said));
    }

    /** A new folder for such a process, out of the way of everybody else's. */
    static Path folder(String prefix) throws IOException {
        Path folder = Files.createTempDirectory(prefix);
        own(folder);
        return folder;
    }

    static void own(Path path) throws IOException {
        if (!ROOT) return;
        Files.setAttribute(path, "unix:gid", NOBODY);
        Files.setAttribute(path, "unix:uid", NOBODY);
    }

    /** A port of the loopback that nobody has now; somebody may before it is used. */
    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
