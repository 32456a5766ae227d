package dev.pawl.app.cli;

import static dev.pawl.app.cli.Finding.fault;
import static dev.pawl.app.cli.Finding.ok;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Looks whether a front could be served here, as {@code pawl up} with the same flags would. */
final class FrontChecks {
    private FrontChecks() {}

    /** What is found, the fault of each thing beside what is well. */
    static List<Finding> of(Call call, AskedFront front) throws InterruptedException {
        var findings = new ArrayList<Finding>();
        findings.add(port(call.configuration().server().host(), front));
        switch (front.name()) {
            case "sitefit" -> findings.addAll(new SitefitChecks(call).findings());
            case "tool-runner" -> findings.addAll(new ScriptChecks(call).findings());
            default -> throw new AssertionError("front " + front.name() + " was let through");
        }
        return findings;
    }

    private static Finding port(String host, AskedFront front) {
        String address = "%s:%d for front %s".formatted(host, front.port(), front.name());
        try (var probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(host, front.port()));
            return ok("port", address + " is free");
        } catch (IOException e) {
            return fault(
                    "port",
                    "%s can't be listened on (%s)".formatted(address, e.getMessage()),
                    "end what listens there, or choose another: --front %s:PORT"
                            .formatted(front.name()));
        }
    }
}
