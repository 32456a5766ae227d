package dev.pawl.app.cli;

import dev.pawl.core.ApiKey;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.NewKey;
import dev.pawl.core.PawlException;
import dev.pawl.core.Role;
import dev.pawl.core.Submission;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code pawl keys create}. */
public final class KeysCreate implements Command {
    private static final Flag<Role> ROLE =
            Flag.choice(
                    "--role",
                    Role.class,
                    "What it may do (default: user): a viewer sees its own jobs, a user submits"
                            + " and ends them too, an admin reaches all.");
    private static final Flag<String> TENANT =
            Flag.text(
                    "--tenant",
                    "TENANT",
                    "Whose jobs it reaches (default: default; an admin's: all tenants').");
    private static final Flag<Duration> EXPIRES =
            Flag.duration("--expires", "From when on it is refused (default: never), as 90d.");

    @Override
    public String name() {
        return "keys create";
    }

    @Override
    public String summary() {
        return "Makes a key for the server of the data folder, and shows it this once.";
    }

    @Override
    public String operands() {
        return "NAME";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(ROLE, TENANT, EXPIRES);
    }

    @Override
    public ExitCode run(Call call) {
        if (call.operands().size() != 1)
            throw new PawlException(
                    ErrorCode.INPUT_INVALID,
                    "want one NAME: whose key it is, as ann or nightly-build");
        String name = call.operands().getFirst();
        Role role = call.get(ROLE).orElse(Role.USER);
        String standard = role == Role.ADMIN ? "" : Submission.DEFAULT_TENANT;
        Instant now = call.outside().time().instant().truncatedTo(ChronoUnit.MILLIS);
        NewKey fresh;
        try {
            fresh =
                    NewKey.of(
                            name,
                            role,
                            call.get(TENANT).orElse(standard),
                            now,
                            call.get(EXPIRES).map(now::plus).orElse(Instant.MAX),
                            call.outside().random());
        } catch (IllegalArgumentException e) {
            throw new PawlException(
                    ErrorCode.CONFIGURATION_INVALID, String.valueOf(e.getMessage()), e);
        }
        ApiKey made = fresh.key();
        String key = fresh.secret();
        try (Opened opened = KeysList.opened(call, name())) {
            opened.keys().add(made, fresh.sha256());
        }
        Screen screen = call.screen();
        if (screen.json()) {
            Map<String, Object> shown = new LinkedHashMap<>(KeysList.shown(made, now));
            shown.put("key", key);
            screen.json(shown);
            return ExitCode.SUCCEEDED;
        }
        screen.line(key);
        screen.note("key %s of %s, shown this once; callers send it as".formatted(made.id(), name));
        screen.note("  Authorization: Bearer KEY");
        screen.note("and `pawl --server URL` takes it from PAWL_KEY");
        return ExitCode.SUCCEEDED;
    }
}
