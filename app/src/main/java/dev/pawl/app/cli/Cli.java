package dev.pawl.app.cli;

import dev.pawl.app.config.Configuration;
import dev.pawl.app.config.Configuration.ColorMode;
import dev.pawl.app.config.Key;
import dev.pawl.app.config.Setting;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.tool.Nearest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * The command line: finds the command, reads its flags and the configuration, runs it, and turns
 * how it ended into an exit code. Whatever goes wrong is one line on stderr.
 */
public final class Cli {
    private final Map<String, Command> commands = new LinkedHashMap<>();
    private final Wiring wiring;
    private final Outside outside;

    /**
     * @param commands in the order of the help
     */
    public Cli(List<Command> commands, Wiring wiring, Outside outside) {
        for (Command command : commands) this.commands.put(command.name(), command);
        this.wiring = wiring;
        this.outside = outside;
    }

    /** Runs one command line; answers the exit code. */
    public ExitCode run(String... args) {
        boolean json = List.of(args).contains(Globals.JSON.name());
        boolean debug = List.of(args).contains(Globals.DEBUG.name());
        var complaint = new Complaint(outside.err(), json, debug);
        try {
            return parsed(args);
        } catch (PawlException e) {
            return complaint.about(e);
        } catch (CommandLine.ParameterException e) {
            return complaint.aboutUsage(usageError(e), e);
        } catch (InterruptedException e) {
            // Nobody is left to tell: the program ends.
            return ExitCode.CANCELLED;
        } catch (RuntimeException | Error e) {
            return complaint.aboutBug(e);
        } finally {
            outside.out().flush();
            outside.err().flush();
        }
    }

    private ExitCode parsed(String[] args) throws InterruptedException {
        CommandLine line = new Specs(named(args), outside).tree(Map.of());
        ParseResult whole = line.parseArgs(args);
        List<ParseResult> levels = Specs.levels(whole);
        Command command = commands.get(Specs.name(levels));
        if (command != null && command.readsTheRest() && !Specs.operands(levels).isEmpty()) {
            Call first = call(Specs.withTheRest(levels), Specs.operands(levels).subList(0, 1));
            var more = Map.of(command.name(), command.expand(first));
            levels = Specs.levels(new Specs(named(args), outside).tree(more).parseArgs(args));
        }
        if (levels.stream().anyMatch(ParseResult::isUsageHelpRequested)) return help(levels, false);
        if (command == null) return help(levels, true);
        return command.run(call(Specs.values(levels), Specs.operands(levels)));
    }

    /** The command that the first words name, or all: telling the parser of each takes its time. */
    private Map<String, Command> named(String[] args) {
        String one = args.length > 0 ? args[0] : "";
        String two = args.length > 1 ? one + " " + args[1] : one;
        for (String name : List.of(one, two)) {
            Command command = commands.get(name);
            if (command != null) return Map.of(name, command);
        }
        return commands;
    }

    private Call call(Map<String, List<String>> values, List<String> operands) {
        var flags = new ArrayList<Setting>();
        one(values, Globals.DATA).ifPresent(v -> flags.add(setting(Key.DATA, v, Globals.DATA)));
        one(values, Globals.STORE)
                .ifPresent(v -> flags.add(setting(Key.STORE_URL, v, Globals.STORE)));
        one(values, Globals.SERVER)
                .ifPresent(v -> flags.add(setting(Key.REMOTE, v, Globals.SERVER)));
        one(values, Globals.COLOR).ifPresent(v -> flags.add(setting(Key.COLOR, v, Globals.COLOR)));
        if (values.containsKey(Globals.TOOLS.name()))
            flags.add(
                    setting(
                            Key.TOOLS,
                            String.join(":", values.get(Globals.TOOLS.name())),
                            Globals.TOOLS));
        one(values, Up.HOST).ifPresent(v -> flags.add(setting(Key.SERVER_HOST, v, Up.HOST)));
        one(values, Up.PORT).ifPresent(v -> flags.add(setting(Key.SERVER_PORT, v, Up.PORT)));
        one(values, Work.CAN).ifPresent(v -> flags.add(setting(Key.WORKER_CAN, v, Work.CAN)));
        one(values, Work.SLOTS).ifPresent(v -> flags.add(setting(Key.WORKER_SLOTS, v, Work.SLOTS)));
        if (values.containsKey(Globals.DEBUG.name()))
            flags.add(setting(Key.LOG_LEVEL, "debug", Globals.DEBUG));
        List<AskedFront> fronts =
                values.getOrDefault(Fronts.FRONT.name(), List.of()).stream()
                        .map(AskedFront::parse)
                        .toList();
        for (AskedFront front : fronts) front.setting().ifPresent(flags::add);
        var given =
                new Configuration.Given(
                        outside.folder(),
                        outside.environment(),
                        file(values),
                        flags,
                        fronts.stream().map(AskedFront::name).collect(Collectors.toSet()));
        Configuration configuration = Configuration.read(given);
        ColorMode mode = configuration.color();
        Screen screen = Screen.of(outside, mode, values.containsKey(Globals.JSON.name()));
        return new Call(values, operands, configuration, outside, screen, wiring);
    }

    /** The configuration file that is named, by its path or as a profile; empty for neither. */
    private String file(Map<String, List<String>> values) {
        Optional<String> named = one(values, Globals.CONFIG);
        Optional<String> profile = one(values, Globals.PROFILE);
        if (named.isPresent() && profile.isPresent())
            throw new PawlException(
                    ErrorCode.INPUT_INVALID,
                    "--config and --profile both name the configuration; give one of them");
        if (profile.isEmpty()) return named.orElse("");
        var environment = outside.environment();
        String home = environment.getOrDefault("HOME", "");
        String folder = environment.getOrDefault("XDG_CONFIG_HOME", home + "/.config");
        return "%s/pawl/%s.yaml".formatted(folder, profile.get());
    }

    private static Setting setting(Key key, String text, Flag<?> flag) {
        return new Setting(key.path(), text, flag.name());
    }

    private static Optional<String> one(Map<String, List<String>> values, Flag<?> flag) {
        return values.getOrDefault(flag.name(), List.of()).stream().reduce((_, last) -> last);
    }

    private ExitCode help(List<ParseResult> levels, boolean wrong) {
        CommandSpec spec = levels.getLast().commandSpec();
        spec.commandLine().usage(wrong ? outside.err() : outside.out());
        return wrong ? ExitCode.USAGE : ExitCode.SUCCEEDED;
    }

    private String usageError(CommandLine.ParameterException e) {
        if (!(e instanceof CommandLine.UnmatchedArgumentException unmatched))
            return String.valueOf(e.getMessage()).lines().findFirst().orElse("wrong usage");
        CommandSpec spec = e.getCommandLine().getCommandSpec();
        String word = unmatched.getUnmatched().getFirst();
        boolean isFlag = word.startsWith("-");
        var known = new ArrayList<String>();
        if (isFlag) for (var option : spec.options()) known.addAll(List.of(option.names()));
        else known.addAll(spec.subcommands().keySet());
        String what = isFlag ? "flag " + word.replaceFirst("=.*", "") : "\"%s\"".formatted(word);
        String hint =
                Nearest.of(word.replaceFirst("=.*", ""), known)
                        .map(near -> "; did you mean %s?".formatted(near))
                        .orElse("; `%s --help` shows what is".formatted(spec.qualifiedName()));
        return "%s is not known%s".formatted(what, hint);
    }

    /** Says what went wrong. */
    private record Complaint(java.io.PrintStream err, boolean json, boolean debug) {
        ExitCode about(PawlException e) {
            ExitCode code = ExitCode.of(e.code());
            say(e.code().wire(), String.valueOf(e.getMessage()), code, e);
            return code;
        }

        ExitCode aboutUsage(String message, Throwable e) {
            say(ErrorCode.INPUT_INVALID.wire(), message, ExitCode.USAGE, e);
            return ExitCode.USAGE;
        }

        ExitCode aboutBug(Throwable e) {
            String hint = debug ? "" : "; --debug shows where, please report it";
            say("bug", "hit a bug: " + e + hint, ExitCode.BUG, e);
            return ExitCode.BUG;
        }

        private void say(String code, String message, ExitCode exit, Throwable e) {
            if (json) {
                var object = new LinkedHashMap<String, Object>();
                object.put("error", code);
                object.put("message", message);
                object.put("exit", exit.wire());
                err.println(JsonText.of(object));
            } else {
                err.println("pawl: " + message.replace('\n', ' '));
            }
            if (debug) e.printStackTrace(err);
        }
    }
}
