package dev.pawl.store.postgres;

import dev.pawl.core.Users;
import dev.pawl.testkit.FakeTime;
import dev.pawl.testkit.PostgresVersion;
import dev.pawl.testkit.UsersContract;
import org.junit.jupiter.api.AfterEach;

final class PostgresUsersTest implements UsersContract {
    private final PostgresDatabase database = PostgresDatabase.empty(PostgresVersion.NEWEST);
    private final PostgresStore store = PostgresStore.open(database.options());

    @Override
    public Users users(FakeTime time) {
        return database.following(Users.class, store.users(), time);
    }

    @AfterEach
    void close() {
        store.close();
    }
}
