package dev.pawl.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.server.identity.Passwords.Verdict;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

final class PasswordsTest {
    private final Passwords passwords = new Passwords(new Random(1), 1);

    @Test
    void aPasswordFitsItsOwnHashOnly() throws Exception {
        String hash = passwords.hash("correct horse").orElseThrow();

        assertThat(hash).startsWith("$argon2id$v=19$m=19456,t=2,p=1$").doesNotContain("horse");
        assertThat(passwords.compare("correct horse", Optional.of(hash))).isEqualTo(Verdict.RIGHT);
        assertThat(passwords.compare("Correct horse", Optional.of(hash))).isEqualTo(Verdict.WRONG);
        assertThat(passwords.compare("", Optional.of(hash))).isEqualTo(Verdict.WRONG);
        assertThat(passwords.hash("correct horse")).get().isNotEqualTo(hash);
    }

    @Test
    void whoIsNotKnownIsNeverRight() throws Exception {
        assertThat(passwords.compare("", Optional.empty())).isEqualTo(Verdict.WRONG);
        assertThat(passwords.compare("x".repeat(100_000), Optional.empty()))
                .isEqualTo(Verdict.WRONG);
    }

    @Test
    void aHashOfTheReferenceProgramIsUnderstood() throws Exception {
        // echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1, from the program's own tests.
        String theirs =
                "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ"
                        + "$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

        assertThat(passwords.compare("password", Optional.of(theirs))).isEqualTo(Verdict.RIGHT);
        assertThat(passwords.compare("differentpassword", Optional.of(theirs)))
                .isEqualTo(Verdict.WRONG);
    }

    @Test
    void onlySoManyWaitForTheirTurn() throws Exception {
        var all = new ArrayList<Callable<Verdict>>();
        for (int i = 0; i < 300; i++) all.add(() -> passwords.compare("x", Optional.empty()));

        var verdicts = new ArrayList<Verdict>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var done : threads.invokeAll(all)) verdicts.add(done.get());
        }

        assertThat(verdicts).contains(Verdict.BUSY, Verdict.WRONG).doesNotContain(Verdict.RIGHT);
    }

    @Test
    void aPasswordIsNeitherShortNorEndless() {
        assertThat(Passwords.problem("1234567")).get().asString().contains("7 characters");
        assertThat(Passwords.problem("12345678")).isEmpty();
        assertThat(Passwords.problem("x".repeat(201))).isPresent();
    }
}
