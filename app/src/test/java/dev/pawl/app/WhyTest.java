package dev.pawl.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Claim;
import dev.pawl.core.LeaseId;
import dev.pawl.core.QueueEntry;
import dev.pawl.core.Rate;
import dev.pawl.core.Store;
import dev.pawl.core.SystemTime;
import dev.pawl.core.ToolId;
import dev.pawl.core.WorkerEntry;
import dev.pawl.store.sqlite.SqliteOptions;
import dev.pawl.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pawl why} names what holds a job. */
final class WhyTest {
    @TempDir Path folder;
    private Typed user;

    @BeforeEach
    void aFolderWithATool() {
        user = new Typed(folder).tool("echo", "tool: echo@1\nrun: {command: [echo]}\n");
    }

    @Test
    void nobodyServesTheTool() {
        assertThat(why(submit()))
                .contains("\"reason\":\"no_worker\"", "no live worker serves echo@1");
    }

    @Test
    void nobodyHasWhatTheToolRequires() {
        user.tool(
                "echo",
                "tool: echo@1\nrun: {command: [echo]}\npolicy: {requires: [gpu, large-memory]}\n");
        String id = submit();
        inStore(store -> store.register(worker(store.now()).withCan(Set.of("gpu"))));
        // It served the tool before its file said that.
        assertThat(why(id)).contains("\"reason\":\"due\"");
        inStore(store -> store.unregister("w"));

        assertThat(why(id))
                .contains(
                        "\"reason\":\"no_worker\"",
                        "echo@1 requires gpu and large-memory, which no live worker has",
                        "start a worker with --can gpu,large-memory");
    }

    @Test
    void whoServesItIsDraining() {
        String id = submit();
        inStore(store -> {
            store.register(worker(store.now()));
            store.drain("w");
        });

        assertThat(why(id)).contains("\"reason\":\"no_worker\"");
    }

    @Test
    void itIsNotDueYet() {
        assertThat(why(submit("--in", "1h"))).contains("\"reason\":\"not_due\"");
    }

    @Test
    void itsQueueIsPaused() {
        String id = submit("--queue", "mail");
        inStore(store -> store.setQueue(new QueueEntry("mail", true, Integer.MAX_VALUE)));

        assertThat(why(id)).contains("\"reason\":\"queue_paused\"", "\\\"mail\\\" is paused");
    }

    @Test
    void itsQueueIsFull() {
        String id = submit("--queue", "mail");
        String held = submit("--queue", "mail");
        inStore(store -> {
            store.register(worker(store.now()));
            store.setQueue(QueueEntry.of("mail").withLimits(1, Rate.NONE));
            claim(store);
        });

        assertThat(why(held))
                .contains("\"reason\":\"limit_full\"", "queue:mail", "1 of 1", "\"" + id + "\"");
        assertThat(user.type("limits", "show", "queue:mail").out()).contains("queue:mail", id, "w");
        assertThat(user.type("limits", "show", "--json").out())
                .contains("\"limit\":\"queue:mail\"", "\"taken\":1", "\"free\":0", id);
        assertThat(user.type("limits", "show", "nix").err()).contains("no limit \"nix\"");
    }

    @Test
    void aToolsOwnLimitAndItsKeysAreToldApart() {
        user.tool(
                "echo",
                """
                tool: echo@1
                input: {type: object, properties: {site: {type: integer}}}
                run: {command: [echo]}
                policy: {concurrency: [2, {max: 1, per: site}]}
                """);
        submit("--site", "7");
        submit("--site", "8");
        inStore(store -> {
            store.register(worker(store.now()));
            claim(store);
        });
        String held = submit("--site", "7");

        assertThat(why(held)).contains("limit \\\"tool:echo@1\\\" is full: 2 of 2");
        assertThat(user.type("limits", "show").out())
                .containsPattern("(?m)^tool:echo@1\t2\t2\t")
                .containsPattern("(?m)^tool:echo@1 per site=7\t1\t1\t")
                .containsPattern("(?m)^tool:echo@1 per site=8\t1\t1\t")
                .doesNotContainPattern("per site\t");
        assertThat(user.type("limits", "show", "tool:echo@1 per site").out())
                .contains("per site=7", "per site=8")
                .doesNotContainPattern("(?m)^tool:echo@1\t");
        assertThat(user.type("limits", "show", "tool:echo@1", "--json").out())
                .contains("\"limit\":\"tool:echo@1\"", "\"limit\":\"tool:echo@1 per site=7\"");
    }

    @Test
    void aQueueIsLimited() {
        user.type("queues", "limit", "mail", "--concurrency", "3", "--rate", "5/min");
        assertThat(user.type("limits", "show").out())
                .containsPattern("queue:mail\\t0\\t3\\t0\\t5/min");
        user.type("queues", "limit", "mail", "--concurrency", "none", "--rate", "none");
        assertThat(user.type("limits", "show").out()).doesNotContain("queue:mail");

        assertThat(user.type("queues", "limit", "mail", "--rate", "often").err())
                .contains("want a rate as 100/min");
        assertThat(user.type("queues", "limit", "mail").err()).contains("--concurrency");
    }

    @Test
    void itWaitsForAParent() {
        String parent = submit();
        String child = submit("--parent", parent);

        assertThat(why(child))
                .contains("\"reason\":\"waits_for_parents\"", "1 of 1", "\"" + parent + "\"");
    }

    @Test
    void itWasCancelledBecauseOfAParent() {
        String parent = submit();
        String child = submit("--parent", parent);
        user.type("jobs", "cancel", parent);

        assertThat(why(child))
                .contains("\"reason\":\"cancelled\"", "a parent did not succeed", parent);
    }

    @Test
    void othersOfItsQueueGoFirst() {
        String first = submit("--priority", "1");
        String second = submit();
        inStore(store -> store.register(worker(store.now())));

        assertThat(why(second)).contains("\"reason\":\"due\"", "1 due jobs of its queue go first");
        assertThat(why(first)).contains("a worker takes it when it has a free slot");
    }

    private static void claim(Store store) {
        var want = new Claim.Want(Set.of(new ToolId("echo", "1")), Set.of(), Set.of(), 9);
        var lease = new LeaseId(new UUID(7, 7));
        store.claim(new Claim(lease, "w", Duration.ofMinutes(9), List.of(want), Set.of()));
    }

    private static WorkerEntry worker(Instant now) {
        return new WorkerEntry("w", "host", 1, now, Set.of(new ToolId("echo", "1")), 1, now, now);
    }

    private String submit(String... flags) {
        var args = new String[flags.length + 2];
        args[0] = "submit";
        args[1] = "echo";
        System.arraycopy(flags, 0, args, 2, flags.length);
        return user.type(args).job().toString();
    }

    private String why(String id) {
        return user.type("why", id, "--json").out();
    }

    private void inStore(Consumer<SqliteStore> action) {
        var options = SqliteOptions.of(folder.resolve("pawl-data/pawl.db"));
        try (var store = SqliteStore.open(options, new SystemTime())) {
            action.accept(store);
        }
    }
}
