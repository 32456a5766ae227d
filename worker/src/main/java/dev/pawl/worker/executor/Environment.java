package dev.pawl.worker.executor;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The worker's variables, of which a command gets few: the others may be secrets. */
record Environment(Map<String, String> variables) {
    private static final Set<String> ALWAYS = Set.of("PATH", "HOME", "LANG", "TZ", "TMPDIR");

    Environment {
        variables = Map.copyOf(variables);
    }

    /** What every command gets, and what its tool asks for by name. */
    Map<String, String> allowed(Set<String> names) {
        var allowed = new TreeMap<>(variables);
        allowed.keySet()
                .removeIf(name ->
                        !ALWAYS.contains(name) && !name.startsWith("LC_") && !names.contains(name));
        return allowed;
    }
}
