package dev.pawl.app.cli;

import static dev.pawl.app.cli.Finding.fault;
import static dev.pawl.app.cli.Finding.ok;
import static dev.pawl.app.cli.Finding.warning;

import dev.pawl.app.config.Configuration;
import dev.pawl.app.config.Key;
import dev.pawl.app.config.Original;
import dev.pawl.app.config.Setting;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Looks whether a front could be served here, as {@code pawl up} with the same flags would. */
record FrontChecks(Call call, AskedFront front) {
    /** What is found, the fault of each thing beside what is well. */
    static List<Finding> of(Call call, AskedFront front) throws InterruptedException {
        return new FrontChecks(call, front).findings();
    }

    private List<Finding> findings() throws InterruptedException {
        var findings = new ArrayList<Finding>();
        findings.add(port());
        switch (front.name()) {
            case "sitefit" -> findings.addAll(new SitefitChecks(call).findings());
            case "tool-runner" -> findings.addAll(new ScriptChecks(call).findings());
            default -> throw new AssertionError("front " + front.name() + " was let through");
        }
        if (everybody())
            findings.add(
                    warning(
                            "origins",
                            "server.origins is *, and nobody needs a key: every page that a"
                                    + " browser here opens can read jobs, and none may run one",
                            "list the origins, or set server.anonymous to none"));
        findings.addAll(variables());
        return findings;
    }

    private boolean everybody() {
        var server = call.configuration().server();
        return server.origins().any() && server.anonymous().isPresent();
    }

    private Finding port() {
        String host = call.configuration().server().host();
        int port = front.port(call.configuration());
        String address = "%s:%d for front %s".formatted(host, port, front.name());
        try (var probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(host, port));
            return ok("port", address + " is free");
        } catch (IOException e) {
            return fault(
                    "port",
                    "%s can't be listened on (%s)".formatted(address, e.getMessage()),
                    "end what listens there, or choose another: --front %s:PORT"
                            .formatted(front.name()));
        }
    }

    /** What becomes of each variable of the original that is set. */
    private List<Finding> variables() {
        var findings = new ArrayList<Finding>();
        for (Original original : Original.ALL)
            if (original.front().equals(front.name())
                    && !original.text(call.outside().environment()).isEmpty())
                findings.add(variable(original));
        if (findings.isEmpty())
            findings.add(ok("variables", "none of the original's for " + front.name() + " is set"));
        return findings;
    }

    private Finding variable(Original original) {
        String name = original.variable();
        return switch (original.fate()) {
            case Original.Fate.Meaningless(var why) ->
                    warning(
                            "variables",
                            "%s has no meaning here: %s".formatted(name, why),
                            "leave it out");
            case Original.Fate.Read(var key, _, var reader) -> {
                var environment = call.outside().environment();
                if (!original.counts(environment, Set.of(front.name())))
                    yield warning(
                            "variables",
                            name + " counts beside USE_COMPUTE only, which is not set",
                            "set USE_COMPUTE=true, or leave it out");
                yield read(name, key, reader.apply(original.text(environment)));
            }
        };
    }

    private Finding read(String name, Key key, String text) {
        Configuration configuration = call.configuration();
        Setting setting = configuration.setting(key);
        String value = "%s is \"%s\"".formatted(key.path(), setting.shown());
        if (setting.source().equals(name)) return ok("variables", name + " is read: " + value);
        if (setting.text().equals(text))
            return ok("variables", "%s says what %s does".formatted(name, setting.source()));
        return warning(
                "variables",
                "%s is not used: %s from %s, which wins".formatted(name, value, setting.source()),
                "leave one of them out");
    }
}
