package dev.pawl.testkit;

import dev.pawl.core.Users;

final class MemoryUsersTest implements UsersContract {
    @Override
    public Users users(FakeTime time) {
        return new MemoryUsers(time);
    }
}
