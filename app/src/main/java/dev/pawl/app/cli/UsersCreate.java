package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.Role;
import dev.pawl.core.Submission;
import dev.pawl.core.User;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** {@code pawl users create}. */
public final class UsersCreate implements Command {
    static final Flag<Role> ROLE =
            Flag.choice(
                    "--role",
                    Role.class,
                    "What it may do (default: user): a viewer sees its own jobs, a user submits"
                            + " and ends them too, an admin reaches all.");
    static final Flag<String> TENANT =
            Flag.text(
                    "--tenant",
                    "TENANT",
                    "Whose jobs it reaches (default: default; an admin's: all tenants').");
    private static final Flag<String> EMAIL = Flag.text("--email", "EMAIL", "Its address.");

    @Override
    public String name() {
        return "users create";
    }

    @Override
    public String summary() {
        return "Makes a user who signs in with a password, which is asked for or read from stdin.";
    }

    @Override
    public String operands() {
        return "NAME";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(ROLE, TENANT, EMAIL);
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        if (call.operands().size() != 1)
            throw new PawlException(
                    ErrorCode.INPUT_INVALID, "want one NAME: what the user signs in with, as ann");
        String name = call.operands().getFirst();
        User user = user(call, name);
        try (Opened opened = KeysList.opened(call, name())) {
            if (opened.users().find(name).isPresent()
                    || !opened.users().add(user, PasswordInput.hash(call)))
                throw new PawlException(
                        ErrorCode.NOT_POSSIBLE_NOW,
                        "user %s is there already; `pawl users password %s` sets another password"
                                .formatted(name, name));
        }
        if (call.screen().json()) call.screen().json(UsersList.shown(user));
        else call.screen().line("user %s may sign in, as %s".formatted(name, user.role().wire()));
        return ExitCode.SUCCEEDED;
    }

    private static User user(Call call, String name) {
        Role role = call.get(ROLE).orElse(Role.USER);
        Instant now = call.outside().time().instant().truncatedTo(ChronoUnit.MILLIS);
        RandomGenerator random = call.outside().random();
        try {
            return User.of(
                            new UUID(random.nextLong(), random.nextLong()).toString(),
                            name,
                            role,
                            tenant(call, role),
                            now)
                    .withDetails(call.get(EMAIL).orElse(""), "");
        } catch (IllegalArgumentException e) {
            throw new PawlException(
                    ErrorCode.CONFIGURATION_INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    /** Whose jobs somebody of that role reaches, unless it was said. */
    static String tenant(Call call, Role role) {
        return call.get(TENANT).orElse(role == Role.ADMIN ? "" : Submission.DEFAULT_TENANT);
    }
}
