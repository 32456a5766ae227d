package dev.pawl.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.app.Typed.Ended;
import dev.pawl.app.cli.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pawl users}. */
final class UsersTest {
    @TempDir Path folder;
    private Typed user;

    @BeforeEach
    void start() {
        user = new Typed(folder);
    }

    @Test
    void aUserIsMadeWithAPasswordOfWhichOnlyAHashIsKept() throws IOException {
        Ended made = user.stdin("correct horse\n").type("users", "create", "ann");

        assertThat(made.code()).as(made.err()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(user.type("users", "list", "--json").out())
                .contains(
                        "\"name\":\"ann\"", "\"role\":\"user\"", "\"tenant\":\"default\"", "good");
        for (String name : new String[] {"pawl.db", "pawl.db-wal"}) {
            Path file = folder.resolve("pawl-data").resolve(name);
            if (Files.exists(file))
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .doesNotContain("correct horse");
        }
    }

    @Test
    void onATerminalThePasswordIsAskedForTwice() {
        Ended differs =
                user.answers("correct horse", "correct hose").type("users", "create", "ann");
        assertThat(differs.err()).contains("differ");
        assertThat(differs.code()).isEqualTo(ExitCode.USAGE);

        Ended made = user.answers("correct horse", "correct horse").type("users", "create", "ann");
        assertThat(made.code()).as(made.err()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(made.out()).doesNotContain("horse");
    }

    @Test
    void whatIsWrongIsSaid() {
        assertThat(user.stdin("short\n").type("users", "create", "ann").err()).contains("8 to 200");
        assertThat(user.stdin("").type("users", "create", "ann").err()).contains("0 characters");
        user.stdin("correct horse\n");
        assertThat(user.type("users", "create").err()).contains("NAME");
        assertThat(user.type("users", "create", "anonymous").err()).contains("anonymous");
        assertThat(user.type("users", "create", "two words").code()).isEqualTo(ExitCode.USAGE);
        assertThat(user.type("users", "password", "nobody").err()).contains("users list");
        assertThat(user.type("users", "disable", "nobody").err()).contains("users list");
        assertThat(user.type("users", "role", "nobody", "--role", "admin").err())
                .contains("users list");
        assertThat(user.type("users", "create", "ann").code()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(user.type("users", "create", "ann").err()).contains("already");
        assertThat(user.type("users", "role", "ann").err()).contains("--role");
    }

    @Test
    void anotherAddressThanLocalhostIsServedOnceThereIsAUser() {
        String[] up = {"up", "--host", "127.0.0.2", "--port", "0"};
        assertThat(user.type(up).err()).contains("no key and no user");
        user.stdin("correct horse\n").type("users", "create", "ann");
        user.whenWatching(_ -> user.signal(1));

        assertThat(user.type(up).out()).contains("pawl serves http://127.0.0.2:");
        user.type("users", "disable", "ann");
        assertThat(user.type(up).err()).contains("no key and no user");
    }

    @Test
    void aUserIsChanged() {
        user.stdin("correct horse\n").type("users", "create", "ann");

        assertThat(user.type("users", "role", "ann", "--role", "admin").out()).contains("admin");
        assertThat(user.type("users", "list", "--json").out())
                .contains("\"role\":\"admin\"")
                .doesNotContain("tenant");
        assertThat(user.type("users", "disable", "ann").code()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(user.type("users", "list").out()).contains("disabled");
        assertThat(user.type("users", "enable", "ann").code()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(user.type("users", "list").out()).contains("good", "never");
        assertThat(user.stdin("battery staple\n").type("users", "password", "ann").out())
                .contains("another password");
    }
}
