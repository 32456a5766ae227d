package dev.pawl.app.cli;

/** {@code pawl users disable} and {@code pawl users enable}. */
public final class UsersSwitch implements Command {
    private final boolean disables;

    /**
     * @param disables or enables
     */
    public UsersSwitch(boolean disables) {
        this.disables = disables;
    }

    @Override
    public String name() {
        return disables ? "users disable" : "users enable";
    }

    @Override
    public String summary() {
        return disables
                ? "Lets a user in no more, also in servers that run; its jobs stay."
                : "Lets a user in again.";
    }

    @Override
    public String operands() {
        return "NAME";
    }

    @Override
    public ExitCode run(Call call) {
        String user = call.onlyOperand("user", "`pawl users list`");
        try (Opened opened = KeysList.opened(call, name())) {
            if (!opened.users().setDisabled(user, disables)) throw UsersList.none(user);
        }
        call.screen()
                .line(
                        "user %s is %s"
                                .formatted(user, disables ? "let in no more" : "let in again"));
        return ExitCode.SUCCEEDED;
    }
}
