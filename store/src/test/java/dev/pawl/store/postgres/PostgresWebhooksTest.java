package dev.pawl.store.postgres;

import dev.pawl.core.Store;
import dev.pawl.core.Webhooks;
import dev.pawl.testkit.FakeTime;
import dev.pawl.testkit.PostgresVersion;
import dev.pawl.testkit.WebhooksContract;
import org.junit.jupiter.api.AfterEach;

final class PostgresWebhooksTest implements WebhooksContract {
    private final PostgresDatabase database = PostgresDatabase.empty(PostgresVersion.NEWEST);
    private final PostgresStore store = PostgresStore.open(database.options());

    @Override
    public Place place() {
        var time = FakeTime.advancing();
        return new Place(
                database.following(Webhooks.class, store.webhooks(), time),
                database.following(Store.class, store, time),
                time);
    }

    @AfterEach
    void close() {
        store.close();
    }
}
