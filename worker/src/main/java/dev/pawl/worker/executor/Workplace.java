package dev.pawl.worker.executor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where process numbers have one meaning.
 *
 * @param boot changes with each start of the machine; {@code -} where it isn't known
 * @param pids the process namespace (a container has its own); {@code -} where there is none
 */
record Workplace(String host, String boot, String pids) {
    static Workplace here() {
        return new Workplace(hostName(), bootId(), pidNamespace());
    }

    /**
     * Whether that worker is gone for sure. One of another machine or container can't be seen from
     * here and counts as running.
     */
    boolean hasEnded(Owner worker) {
        if (worker.place().equals(this)) return !worker.process().runs();
        return worker.place().host().equals(host) && !worker.place().boot().equals(boot);
    }

    private static String hostName() {
        return read("hostname")
                .orElseGet(() -> {
                    try {
                        return InetAddress.getLocalHost().getHostName();
                    } catch (UnknownHostException e) {
                        return "localhost";
                    }
                });
    }

    private static String bootId() {
        return read("random/boot_id").orElse("-");
    }

    private static Optional<String> read(String kernelFile) {
        try {
            return Optional.of(
                    Files.readString(Path.of("/proc/sys/kernel").resolve(kernelFile)).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String pidNamespace() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
        } catch (IOException | UnsupportedOperationException e) {
            return "-";
        }
    }
}
