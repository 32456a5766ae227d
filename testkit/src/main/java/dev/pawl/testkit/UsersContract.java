package dev.pawl.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Role;
import dev.pawl.core.Session;
import dev.pawl.core.User;
import dev.pawl.core.Users;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every place for users and their sessions does. */
public interface UsersContract {
    String HASH = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA";

    /** A fresh one, for this test only. */
    Users users(FakeTime time);

    @Test
    default void aUserIsFoundByItsNameAsItWasAdded() {
        Users users = users(FakeTime.advancing());
        User ann = user("ann", Role.USER).withDetails("ann@example.org", "Ann A.");
        User root = User.of("id-root", "root", Role.ADMIN, "", made().plusSeconds(1));

        assertThat(users.add(ann, HASH)).isTrue();
        assertThat(users.add(root, HASH + "x")).isTrue();

        assertThat(users.find("ann")).contains(ann);
        assertThat(users.known("root")).contains(new Users.Known(root, HASH + "x"));
        assertThat(users.find("Ann")).isEmpty();
        assertThat(users.all()).containsExactly(ann, root);
    }

    @Test
    default void aNameAndAnIdAreThereOnce() {
        Users users = users(FakeTime.advancing());
        User ann = user("ann", Role.USER);
        assertThat(users.add(ann, HASH)).isTrue();

        assertThat(users.add(ann.withRole(Role.ADMIN, ""), "other")).isFalse();
        User twin = User.of(ann.id(), "twin", Role.USER, "acme", made());
        assertThat(users.add(twin, HASH)).isFalse();
        assertThat(users.register(ann, "other")).isEmpty();
        assertThat(users.known("ann")).contains(new Users.Known(ann, HASH));
    }

    @Test
    default void whoRegistersFirstIsAdminOfAll() {
        Users users = users(FakeTime.advancing());

        User first = users.register(user("ann", Role.USER), HASH).orElseThrow();
        User second = users.register(user("bob", Role.USER), HASH).orElseThrow();

        assertThat(first).isEqualTo(user("ann", Role.USER).withRole(Role.ADMIN, ""));
        assertThat(second).isEqualTo(user("bob", Role.USER));
        assertThat(users.all()).containsExactly(first, second);
    }

    @Test
    default void ofManyWhoRegisterAtOnceOneIsAdmin() throws Exception {
        Users users = users(FakeTime.advancing());
        List<Callable<Optional<User>>> comers =
                IntStream.range(0, 16)
                        .<Callable<Optional<User>>>mapToObj(
                                i -> () -> users.register(user("u" + i, Role.USER), HASH))
                        .toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Optional<User>> done : threads.invokeAll(comers))
                assertThat(done.get()).isPresent();
        }

        assertThat(users.all()).filteredOn(u -> u.role() == Role.ADMIN).hasSize(1);
        assertThat(users.all()).hasSize(16);
    }

    @Test
    default void aUsersRoleChangesAndItsSessionsKnow() {
        Users users = users(FakeTime.advancing());
        User ann = user("ann", Role.USER);
        assertThat(users.add(ann, HASH)).isTrue();
        users.begin(session(ann, Session.Kind.BROWSER, 60), hash(1));

        assertThat(users.setRole("ann", Role.ADMIN, "")).isTrue();

        assertThat(users.session(hash(1)).orElseThrow().user().role()).isEqualTo(Role.ADMIN);
        assertThat(users.setRole("nobody", Role.USER, "acme")).isFalse();
    }

    @Test
    default void anotherPasswordEndsItsSessionsOnly() {
        Users users = users(FakeTime.advancing());
        User ann = user("ann", Role.USER);
        User bob = user("bob", Role.USER);
        assertThat(users.add(ann, HASH)).isTrue();
        assertThat(users.add(bob, HASH)).isTrue();
        users.begin(session(ann, Session.Kind.REFRESH, 60), hash(1));
        users.begin(session(bob, Session.Kind.BROWSER, 60), hash(2));

        assertThat(users.setPassword("ann", "other")).isTrue();

        assertThat(users.known("ann").orElseThrow().passwordHash()).isEqualTo("other");
        assertThat(users.session(hash(1))).isEmpty();
        assertThat(users.session(hash(2))).isPresent();
        assertThat(users.setPassword("nobody", "other")).isFalse();
    }

    @Test
    default void whoIsDisabledHasNoSessionUntilLetInAgain() {
        var time = FakeTime.advancing();
        Users users = users(time);
        User ann = user("ann", Role.USER);
        assertThat(users.add(ann, HASH)).isTrue();
        users.begin(session(ann, Session.Kind.BROWSER, 60), hash(1));

        assertThat(users.setDisabled("ann", true)).isTrue();
        Optional<Instant> since = users.find("ann").orElseThrow().disabledAt();
        assertThat(since).isPresent();
        assertThat(users.session(hash(1))).isEmpty();
        users.begin(session(ann, Session.Kind.BROWSER, 60), hash(2));
        assertThat(users.session(hash(2)).orElseThrow().holds(made())).isFalse();

        assertThat(users.setDisabled("ann", true)).isTrue();
        assertThat(users.find("ann").orElseThrow().disabledAt()).isEqualTo(since);
        assertThat(users.setDisabled("ann", false)).isTrue();
        assertThat(users.find("ann").orElseThrow().enabled()).isTrue();
        assertThat(users.setDisabled("nobody", true)).isFalse();
    }

    @Test
    default void aSessionIsKeptUntilItEndsOrIsOver() {
        var time = FakeTime.advancing();
        Users users = users(time);
        User ann = user("ann", Role.USER);
        assertThat(users.add(ann, HASH)).isTrue();
        Instant now = time.instant();
        var first = new Session(ann, Session.Kind.BROWSER, now, now.plusSeconds(60));
        users.begin(first, hash(1));

        Session found = users.session(hash(1)).orElseThrow();
        assertThat(found.expiresAt()).isEqualTo(now.plusSeconds(60));
        assertThat(found.kind()).isEqualTo(Session.Kind.BROWSER);
        assertThat(found.user().signedInAt()).contains(now);
        assertThat(found.holds(now.plusSeconds(59))).isTrue();
        assertThat(found.holds(now.plusSeconds(60))).isFalse();

        time.advance(Duration.ofSeconds(61));
        Instant later = time.instant();
        users.begin(new Session(ann, Session.Kind.REFRESH, later, later.plusSeconds(9)), hash(2));
        assertThat(users.session(hash(1))).as("over, so forgotten").isEmpty();
        assertThat(users.end(hash(2))).isTrue();
        assertThat(users.end(hash(2))).isFalse();
        assertThat(users.session(hash(2))).isEmpty();
    }

    @Test
    default void aUserHasOnlySoManySessions() {
        Users users = users(FakeTime.advancing());
        User ann = user("ann", Role.USER);
        assertThat(users.add(ann, HASH)).isTrue();
        for (int i = 0; i <= Users.SESSIONS_MAX; i++) {
            Instant at = made().plusSeconds(i);
            users.begin(
                    new Session(ann, Session.Kind.BROWSER, at, made().plusSeconds(90_000_000)),
                    hash(i));
        }
        users.begin(session(ann, Session.Kind.REFRESH, 90_000_000), hash(5_000));

        assertThat(users.session(hash(0))).isEmpty();
        assertThat(users.session(hash(1))).isPresent();
        assertThat(users.session(hash(Users.SESSIONS_MAX))).isPresent();
        users.endAll("ann");
        assertThat(users.session(hash(1))).isEmpty();
        assertThat(users.session(hash(5_000))).isEmpty();
    }

    @Test
    default void aSecretStaysWhatItWasFirst() {
        Users users = users(FakeTime.advancing());

        assertThat(users.secret("a", "one")).isEqualTo("one");
        assertThat(users.secret("a", "two")).isEqualTo("one");
        assertThat(users.secret("b", "two")).isEqualTo("two");
    }

    private static Instant made() {
        return KeysContract.MADE;
    }

    private static User user(String name, Role role) {
        return User.of("id-" + name, name, role, "acme", made());
    }

    /** Good from then on for so long. */
    private static Session session(User user, Session.Kind kind, long seconds) {
        return new Session(user, kind, made(), made().plusSeconds(90_000_000 + seconds));
    }

    private static String hash(int number) {
        return "%064x".formatted(number);
    }
}
