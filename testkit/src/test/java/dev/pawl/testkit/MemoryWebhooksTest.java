package dev.pawl.testkit;

final class MemoryWebhooksTest implements WebhooksContract {
    @Override
    public Place place() {
        var time = FakeTime.advancing();
        var store = new MemoryStore(time);
        return new Place(new MemoryWebhooks(store), store, time);
    }
}
