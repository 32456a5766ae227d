package dev.pawl.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, and a data folder to copy, both made once per machine and version in the
 * folder for temporary files, and left there.
 *
 * @param home owned by whoever runs the tests, readable by all
 */
record PostgresFiles(Path home) {
    /** Raised when what is made here changes. */
    private static final int LAYOUT = 1;

    private static final String USER = System.getProperty("user.name");

    // A lock of a file is held by the whole JVM, so its threads need one among themselves.
    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

    /** Clients come as anybody without a password, but for members of this role. */
    private static final String ACCESS =
            """
            host all +passworded all scram-sha-256
            host all all all trust
            host replication all all trust
            """;

    /** Takes a few seconds the first time; waits while another process does the same. */
    static PostgresFiles of(PostgresVersion version) throws IOException {
        Path all = Path.of(System.getProperty("java.io.tmpdir"));
        Path home = all.resolve("pawl-postgres-%s-%d-%s".formatted(version.number(), LAYOUT, USER));
        ONE_AT_A_TIME.lock();
        try (var file =
                        FileChannel.open(
                                home.resolveSibling(home.getFileName() + ".lock"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                var _ = file.lock()) {
            if (!Files.exists(home)) make(version, home);
        } finally {
            ONE_AT_A_TIME.unlock();
        }
        if (!Files.getOwner(home).getName().equals(USER))
            throw new IOException(home + " is somebody else's; delete it");
        return new PostgresFiles(home);
    }

    private static void make(PostgresVersion version, Path home) throws IOException {
        Path draft = Files.createTempDirectory(home.resolveSibling(""), "pawl-postgres-");
        Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (InputStream packed = packed(version)) {
            unpack(packed, draft);
        }
        Path template = Files.createDirectory(draft.resolve("template"));
        Unprivileged.own(template);
        Unprivileged.run(
                List.of(
                        draft.resolve("bin/initdb").toString(),
                        "--pgdata=" + template,
                        "--username=postgres",
                        "--auth=trust",
                        "--encoding=UTF8",
                        "--no-locale",
                        "--no-instructions",
                        "--no-sync"));
        Files.writeString(template.resolve("pg_hba.conf"), ACCESS);
        Files.move(draft, home, StandardCopyOption.ATOMIC_MOVE);
    }

    private static InputStream packed(PostgresVersion version) {
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        boolean mac = System.getProperty("os.name").startsWith("Mac");
        var name =
                "postgres-%s-%s.txz".formatted(mac ? "darwin" : "linux", arm ? "arm_64" : "x86_64");
        var packed =
                PostgresFiles.class.getResourceAsStream(
                        "postgres-%s/%s".formatted(version.key(), name));
        Needs.orSkip(packed != null, "no PostgreSQL %s here: %s".formatted(version.number(), name));
        if (packed == null) throw new AssertionError(name);
        return packed;
    }

    private static void unpack(InputStream packed, Path folder) throws IOException {
        Process tar =
                new ProcessBuilder("tar", "-xf", "-", "--no-same-owner", "-C", folder.toString())
                        .redirectErrorStream(true)
                        .start();
        try (OutputStream files = tar.getOutputStream()) {
            new XZInputStream(packed).transferTo(files);
        }
        String said = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (tar.onExit().join().exitValue() != 0) throw new IOException("tar: " + said);
    }

    Path postgres() {
        return home.resolve("bin/postgres");
    }

    /** Makes a data folder as {@code initdb} does, only sooner. */
    void copyTemplate(Path data) throws IOException {
        Unprivileged.run(List.of("cp", "-R", home.resolve("template").toString(), data.toString()));
    }
}
