package dev.pawl.app.cli;

import dev.pawl.app.config.Durations;
import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.User;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code pawl users list}. */
public final class UsersList implements Command {
    @Override
    public String name() {
        return "users list";
    }

    @Override
    public String summary() {
        return "Lists who may sign in with a password.";
    }

    @Override
    public ExitCode run(Call call) {
        Screen screen = call.screen();
        List<User> users;
        try (Opened opened = KeysList.opened(call, name())) {
            users = opened.users().all();
        }
        if (screen.json()) {
            for (User user : users) screen.json(shown(user));
            return ExitCode.SUCCEEDED;
        }
        Instant now = call.outside().time().instant();
        var table = new Table("USER", "ROLE", "TENANT", "STATUS", "SIGNED IN");
        for (User user : users)
            table.add(
                    Table.Cell.of(user.name(), screen.style()::strong),
                    Table.Cell.of(user.role().wire()),
                    Table.Cell.of(user.tenant().isEmpty() ? "(all)" : user.tenant()),
                    Table.Cell.of(
                            status(user),
                            user.enabled() ? screen.style()::good : screen.style()::faint),
                    Table.Cell.of(signedIn(user, now, screen), screen.style()::faint));
        if (table.isEmpty() && screen.terminal().out()) screen.note("there is no user");
        else table.print(screen);
        return ExitCode.SUCCEEDED;
    }

    private static String signedIn(User user, Instant now, Screen screen) {
        return user.signedInAt()
                .map(at ->
                        screen.terminal().out()
                                ? Durations.rough(Duration.between(at, now)) + " ago"
                                : at.toString())
                .orElse("never");
    }

    private static String status(User user) {
        return user.enabled() ? "good" : "disabled";
    }

    /** A user as JSON shows it. */
    static Map<String, Object> shown(User user) {
        var object = new LinkedHashMap<String, Object>();
        object.put("id", user.id());
        object.put("name", user.name());
        if (!user.email().isEmpty()) object.put("email", user.email());
        object.put("role", user.role().wire());
        if (!user.tenant().isEmpty()) object.put("tenant", user.tenant());
        object.put("status", status(user));
        object.put("created_at", user.createdAt().toString());
        user.disabledAt().ifPresent(at -> object.put("disabled_at", at.toString()));
        user.signedInAt().ifPresent(at -> object.put("signed_in_at", at.toString()));
        return object;
    }

    /** Nobody is called so. */
    static PawlException none(String name) {
        return new PawlException(
                ErrorCode.CONFIGURATION_INVALID,
                "there is no user \"%s\"; `pawl users list` shows those there are".formatted(name));
    }
}
