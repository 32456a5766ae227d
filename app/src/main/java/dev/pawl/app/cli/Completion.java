package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * {@code pawl completion bash|zsh}. The script knows commands and flags; the tools, and a tool's
 * flags, it asks {@code pawl} for.
 */
public final class Completion implements Command {
    private final List<Command> commands;

    /**
     * @param commands the others
     */
    public Completion(List<Command> commands) {
        this.commands = List.copyOf(commands);
    }

    @Override
    public String name() {
        return "completion";
    }

    @Override
    public String summary() {
        return "Prints a completion script: source <(pawl completion bash)";
    }

    @Override
    public String operands() {
        return "bash|zsh";
    }

    @Override
    public ExitCode run(Call call) {
        String shell = call.operands().isEmpty() ? "" : call.operands().getFirst();
        switch (shell) {
            case "bash" -> call.screen().line(bash());
            case "zsh" ->
                    call.screen().line("autoload -U +X bashcompinit && bashcompinit\n" + bash());
            default ->
                    throw new PawlException(
                            ErrorCode.INPUT_INVALID,
                            "shell \"%s\" is not known; want bash or zsh".formatted(shell));
        }
        return ExitCode.SUCCEEDED;
    }

    private String bash() {
        var groups = new LinkedHashMap<String, List<String>>();
        var first = new LinkedHashSet<String>();
        var cases = new StringBuilder();
        for (Command command : commands) {
            String[] parts = command.name().split(" ", 2);
            first.add(parts[0]);
            if (parts.length == 2)
                groups.computeIfAbsent(parts[0], _ -> new ArrayList<>()).add(parts[1]);
            cases.append(line(command.name(), words(command)));
        }
        groups.forEach((group, words) -> cases.append(line(group, words)));
        return SCRIPT.replace("@FIRST@", String.join(" ", first))
                .replace("@GROUPS@", String.join(" | ", groups.keySet()))
                .replace("@CASES@", cases.toString().stripTrailing());
    }

    private static String line(String command, List<String> words) {
        return "        '%s') words='%s' ;;%n".formatted(command, String.join(" ", words));
    }

    private static List<String> words(Command command) {
        var words = new ArrayList<String>();
        command.flags().forEach(flag -> words.add(flag.name()));
        Globals.ALL.forEach(flag -> words.add(flag.name()));
        words.add("--help");
        return words;
    }

    private static final String SCRIPT =
            """
            # Completion of pawl. Commands and flags are written down; tools are asked for.
            _pawl() {
                local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} words=''
                if [[ $COMP_CWORD -eq 1 ]]; then
                    COMPREPLY=($(compgen -W '@FIRST@' -- "$current"))
                    return
                fi
                case $previous in
                    --data | --tools | --contracts | --out) COMPREPLY=($(compgen -d -- "$current")); return ;;
                    --config) COMPREPLY=($(compgen -f -- "$current")); return ;;
                    --color) COMPREPLY=($(compgen -W 'auto always never' -- "$current")); return ;;
                esac
                if [[ $current == @* ]]; then
                    COMPREPLY=($(compgen -P @ -f -- "${current#@}"))
                    return
                fi
                case "${COMP_WORDS[1]}" in
                    run | submit)
                        if [[ $COMP_CWORD -eq 2 && $current != -* ]]; then
                            words=$("${COMP_WORDS[0]}" tools list --color never 2>/dev/null | cut -f 1 | sed 's/@.*//' | sort -u)
                            COMPREPLY=($(compgen -W "$words" -- "$current"))
                            return
                        fi
                        if [[ $current == -* ]]; then
                            words=$("${COMP_WORDS[0]}" "${COMP_WORDS[1]}" "${COMP_WORDS[2]}" --help 2>/dev/null | sed 's/--\\[no-\\]/--/' | grep -o -e '--[a-z][a-z.-]*' | sort -u)
                            COMPREPLY=($(compgen -W "$words" -- "$current"))
                            return
                        fi ;;
                esac
                local command=${COMP_WORDS[1]}
                case $command in
                    @GROUPS@) [[ $COMP_CWORD -gt 2 ]] && command+=" ${COMP_WORDS[2]}" ;;
                esac
                case $command in
            @CASES@
                esac
                [[ -n $words ]] && COMPREPLY=($(compgen -W "$words" -- "$current"))
            }
            complete -o default -F _pawl pawl ./pawl\
            """;
}
