package dev.pawl.app.cli;

/** {@code pawl users password}. */
public final class UsersPassword implements Command {
    @Override
    public String name() {
        return "users password";
    }

    @Override
    public String summary() {
        return "Sets another password, asked for or read from stdin, and ends the user's sessions.";
    }

    @Override
    public String operands() {
        return "NAME";
    }

    @Override
    public ExitCode run(Call call) throws InterruptedException {
        String user = call.onlyOperand("user", "`pawl users list`");
        try (Opened opened = KeysList.opened(call, name())) {
            if (opened.users().find(user).isEmpty()) throw UsersList.none(user);
            if (!opened.users().setPassword(user, PasswordInput.hash(call)))
                throw UsersList.none(user);
        }
        call.screen().line("user %s has another password, and no session".formatted(user));
        return ExitCode.SUCCEEDED;
    }
}
