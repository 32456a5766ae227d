package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;

/** {@code pawl keys revoke}. */
public final class KeysRevoke implements Command {
    @Override
    public String name() {
        return "keys revoke";
    }

    @Override
    public String summary() {
        return "Refuses a key from now on, also in servers that run.";
    }

    @Override
    public String operands() {
        return "KEY";
    }

    @Override
    public ExitCode run(Call call) {
        String id = call.onlyOperand("key", "`pawl keys list`");
        try (Opened opened = KeysList.opened(call, name())) {
            if (!opened.keys().revoke(id))
                throw new PawlException(
                        ErrorCode.CONFIGURATION_INVALID,
                        "there is no key \"%s\"; `pawl keys list` shows those there are"
                                .formatted(id));
        }
        call.screen().line("key %s is refused from now on".formatted(id));
        return ExitCode.SUCCEEDED;
    }
}
