package dev.pawl.app.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.ParserSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** What the parser has to know, made of what the commands say of themselves. */
final class Specs {
    private static final Map<String, String> GROUPS =
            Map.of(
                    "jobs", "Shows jobs and acts on them.",
                    "dead", "Shows the dead letters.",
                    "tools", "Shows what can be run, and checks it.",
                    "cache", "Explains which results answer later jobs.",
                    "queues", "Shows queues, pauses, resumes and limits them.",
                    "limits", "Shows what holds jobs back.",
                    "workers", "Shows who runs jobs.",
                    "webhooks", "Tells others of what happens to jobs.",
                    "store", "Moves a store's jobs to another one.",
                    "import", "Brings the history of what a front stands in for.");

    private final Map<String, Command> commands;
    private final Outside outside;

    Specs(Map<String, Command> commands, Outside outside) {
        this.commands = commands;
        this.outside = outside;
    }

    /**
     * The whole tree.
     *
     * @param expanded for a command's name, what it reads once its first operand is known
     */
    CommandLine tree(Map<String, Expansion> expanded) {
        CommandSpec root = CommandSpec.create().name("pawl");
        root.usageMessage()
                .description("Runs jobs that never slip back: durable, fenced, explained.")
                .footer("", "`pawl COMMAND --help` tells more. Exit codes: docs/reference.");
        root.usageMessage()
                .customSynopsis("pawl COMMAND [flags]")
                .commandListHeading("%nCommands:%n");
        root.addArgGroup(section("%nEverywhere:%n", Globals.ALL, List.of(help()), 1));
        var groups = new LinkedHashMap<String, CommandSpec>();
        for (Command command : commands.values()) {
            CommandSpec spec = leaf(command, expanded.get(command.name()));
            String[] words = command.name().split(" ", -1);
            if (words.length == 1) root.addSubcommand(words[0], spec);
            else
                groups.computeIfAbsent(words[0], w -> group(root, w)).addSubcommand(words[1], spec);
        }
        var line = new CommandLine(root);
        line.setUsageHelpWidth(Math.clamp(outside.terminal().columns(), 60, 120));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(ansi()));
        line.setExpandAtFiles(false);
        return line;
    }

    private Ansi ansi() {
        boolean plain = !outside.environment().getOrDefault("NO_COLOR", "").isEmpty();
        return outside.terminal().out() && !plain ? Ansi.ON : Ansi.OFF;
    }

    private static CommandSpec group(CommandSpec root, String name) {
        CommandSpec spec = CommandSpec.create().name(name);
        spec.usageMessage()
                .customSynopsis("pawl %s COMMAND [flags]".formatted(name))
                .description(GROUPS.getOrDefault(name, ""))
                .commandListHeading("%nCommands:%n");
        spec.addOption(help());
        root.addSubcommand(name, spec);
        return spec;
    }

    private static CommandSpec leaf(Command command, @Nullable Expansion more) {
        String name = command.name().substring(command.name().indexOf(' ') + 1);
        CommandSpec spec = CommandSpec.create().name(name);
        String operands = more == null ? command.operands() : more.operand();
        spec.usageMessage()
                .customSynopsis(
                        "pawl %s %s[flags]"
                                .formatted(
                                        command.name(), operands.isEmpty() ? "" : operands + " "))
                .description(more == null ? command.summary() : more.summary())
                .footer(command.footer().toArray(String[]::new))
                .sortOptions(false);
        if (more == null) {
            command.flags().forEach(flag -> spec.addOption(option(flag)));
            if (command.readsTheRest()) spec.parser(new ParserSpec().stopAtPositional(true));
        } else {
            spec.usageMessage().optionListHeading("%nInput:%n");
            more.flags().forEach(flag -> spec.addOption(option(flag)));
            spec.addArgGroup(section("%nJob:%n", command.flags(), List.of(), 1));
        }
        spec.addArgGroup(section("%nEverywhere:%n", Globals.ALL, List.of(help()), 2));
        if (!command.operands().isEmpty()) spec.addPositional(operands(command.operands()));
        return spec;
    }

    private static PositionalParamSpec operands(String label) {
        return PositionalParamSpec.builder()
                .index("0..*")
                .paramLabel(label)
                .hidden(true)
                .arity("0..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .build();
    }

    private static ArgGroupSpec section(
            String heading, List<Flag<?>> flags, List<OptionSpec> more, int order) {
        var group =
                ArgGroupSpec.builder()
                        .heading(heading)
                        .order(order)
                        .exclusive(false)
                        .multiplicity("0..1")
                        .validate(false);
        flags.forEach(flag -> group.addArg(option(flag)));
        more.forEach(group::addArg);
        return group.build();
    }

    private static OptionSpec option(Flag<?> flag) {
        String[] names =
                flag.alias().isEmpty()
                        ? new String[] {flag.name()}
                        : new String[] {flag.alias(), flag.name()};
        var option = OptionSpec.builder(names).description(flag.help().replace("%", "%%"));
        if (!flag.takesValue())
            return option.type(boolean.class).arity("0").negatable(flag.negatable()).build();
        option.paramLabel(flag.label()).hideParamSyntax(true).arity("1");
        if (!flag.choices().isEmpty()) option.completionCandidates(flag.choices());
        return flag.repeats()
                ? option.type(List.class).auxiliaryTypes(String.class).build()
                : option.type(String.class).build();
    }

    private static OptionSpec help() {
        return OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .arity("0")
                .type(boolean.class)
                .description("Show this.")
                .build();
    }

    // ---- Reading what was parsed

    /** The root, then the command, or its group and then it. */
    static List<ParseResult> levels(ParseResult whole) {
        var levels = new ArrayList<ParseResult>();
        for (ParseResult level = whole; level != null; level = level.subcommand())
            levels.add(level);
        return levels;
    }

    /** The command's name, as {@code jobs list}. */
    static String name(List<ParseResult> levels) {
        return String.join(
                " ", levels.stream().skip(1).map(level -> level.commandSpec().name()).toList());
    }

    static List<String> operands(List<ParseResult> levels) {
        var operands = new ArrayList<String>();
        for (PositionalParamSpec each : levels.getLast().matchedPositionals())
            operands.addAll(each.originalStringValues());
        return operands;
    }

    static Map<String, List<String>> values(List<ParseResult> levels) {
        var values = new HashMap<String, List<String>>();
        for (ParseResult level : levels)
            for (OptionSpec option : level.matchedOptionsSet())
                values.computeIfAbsent(option.longestName(), _ -> new ArrayList<>())
                        .addAll(given(option));
        return values;
    }

    private static List<String> given(OptionSpec option) {
        if (option.type() == boolean.class)
            return List.of(String.valueOf(option.<Object>getValue()));
        return option.originalStringValues();
    }

    /** The values as far as they can be told before what the first operand adds is known. */
    static Map<String, List<String>> withTheRest(List<ParseResult> levels) {
        CommandSpec known = CommandSpec.create();
        for (OptionSpec option : levels.getLast().commandSpec().options())
            known.addOption(OptionSpec.builder(option).build());
        var line =
                new CommandLine(known).setUnmatchedArgumentsAllowed(true).setExpandAtFiles(false);
        known.parser().collectErrors(true);
        List<String> operands = operands(levels);
        ParseResult rest =
                line.parseArgs(operands.subList(1, operands.size()).toArray(String[]::new));
        var all = new ArrayList<>(levels);
        all.add(rest);
        return values(all);
    }
}
