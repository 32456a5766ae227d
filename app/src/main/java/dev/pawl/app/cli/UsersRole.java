package dev.pawl.app.cli;

import dev.pawl.core.ErrorCode;
import dev.pawl.core.PawlException;
import dev.pawl.core.Role;
import java.util.List;

/** {@code pawl users role}. */
public final class UsersRole implements Command {
    @Override
    public String name() {
        return "users role";
    }

    @Override
    public String summary() {
        return "Sets what a user may do, from its next request on.";
    }

    @Override
    public String operands() {
        return "NAME";
    }

    @Override
    public List<Flag<?>> flags() {
        return List.of(UsersCreate.ROLE, UsersCreate.TENANT);
    }

    @Override
    public ExitCode run(Call call) {
        String user = call.onlyOperand("user", "`pawl users list`");
        Role role =
                call.get(UsersCreate.ROLE)
                        .orElseThrow(() ->
                                new PawlException(
                                        ErrorCode.INPUT_INVALID,
                                        "no role is said; want --role admin, user or viewer"));
        String tenant = UsersCreate.tenant(call, role);
        if (tenant.isBlank() && role != Role.ADMIN)
            throw new PawlException(
                    ErrorCode.INPUT_INVALID, "--tenant is blank; only an admin reaches all");
        try (Opened opened = KeysList.opened(call, name())) {
            if (!opened.users().setRole(user, role, tenant)) throw UsersList.none(user);
        }
        call.screen().line("user %s is %s".formatted(user, role.wire()));
        return ExitCode.SUCCEEDED;
    }
}
