package dev.pawl.app.cli;

import static dev.pawl.app.cli.Finding.fault;
import static dev.pawl.app.cli.Finding.ok;

import dev.pawl.core.PawlException;
import dev.pawl.server.toolrunner.Scripts;
import dev.pawl.tool.Tool;
import dev.pawl.tool.ToolProblem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Whether the scripts of front tool-runner are tools, and what runs them is here. */
record ScriptChecks(Call call) {
    private static final String ENV = "/usr/bin/env";

    /** What the system reads of a first line. */
    private static final int LINE_MAX = 256;

    List<Finding> findings() {
        Scripts scripts;
        try {
            scripts = Fronts.scripts(call);
        } catch (PawlException e) {
            return List.of(fault("scripts", String.valueOf(e.getMessage()), ""));
        }
        var findings = new ArrayList<Finding>();
        for (ToolProblem problem : scripts.problems())
            findings.add(
                    fault(
                            "scripts",
                            "%s: %s".formatted(problem.file(), problem.reason()),
                            problem.hint()));
        if (!scripts.tools().isEmpty())
            findings.add(ok("scripts", scripts.tools().size() + " are tools"));
        else if (scripts.problems().isEmpty())
            findings.add(
                    fault(
                            "scripts",
                            "none is in the folder",
                            "put NAME.py in it, or make the others executable"));
        findings.addAll(programs(scripts.tools()));
        return findings;
    }

    /** What runs the scripts, each with those that need it. */
    private List<Finding> programs(List<Tool> tools) {
        var needed = new TreeMap<String, List<String>>();
        for (Tool tool : tools)
            program(Path.of(tool.source()))
                    .ifPresent(program ->
                            needed.computeIfAbsent(program, _ -> new ArrayList<>())
                                    .add(tool.id().name()));
        var findings = new ArrayList<Finding>();
        needed.forEach((program, by) -> findings.add(program(program, String.join(", ", by))));
        return findings;
    }

    private Finding program(String program, String scripts) {
        return found(program)
                .map(path -> ok("programs", "%s (for %s)".formatted(path, scripts)))
                .orElseGet(() ->
                        fault(
                                "programs",
                                "%s is missing, and %s can't run without it"
                                        .formatted(program, scripts),
                                program.contains("/")
                                        ? "install it, or change the first line of the script"
                                        : "install it, or put its folder on the PATH"));
    }

    private Optional<Path> found(String program) {
        if (!program.contains("/")) return Doctor.onPath(call, program);
        return Optional.of(Path.of(program)).filter(Files::isExecutable);
    }

    /** What its first line, or else its ending, says; empty for what runs by itself. */
    private static Optional<String> program(Path script) {
        if (script.toString().endsWith(".py")) return Optional.of("python3");
        String first = firstLine(script);
        if (!first.startsWith("#!")) return Optional.empty();
        String[] words = first.substring(2).strip().split("\\s+", -1);
        if (!words[0].equals(ENV)) return Optional.of(words[0]).filter(word -> !word.isEmpty());
        for (int i = 1; i < words.length; i++)
            if (!words[i].startsWith("-") && !words[i].contains("=")) return Optional.of(words[i]);
        return Optional.of(ENV);
    }

    private static String firstLine(Path script) {
        try (InputStream in = Files.newInputStream(script)) {
            String text = new String(in.readNBytes(LINE_MAX), StandardCharsets.UTF_8);
            return text.lines().findFirst().orElse("");
        } catch (IOException e) {
            // It was read a moment ago; now it is as little a script as an empty file.
            return "";
        }
    }
}
