package dev.pawl.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pawl.core.JobId;
import dev.pawl.core.JobState;
import dev.pawl.core.NewJob;
import dev.pawl.core.PawlException;
import dev.pawl.core.Store;
import dev.pawl.core.Submission;
import dev.pawl.core.ToolId;
import dev.pawl.core.Webhook;
import dev.pawl.core.WebhookDelivery;
import dev.pawl.core.Webhooks;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What every place for webhooks does. */
public interface WebhooksContract {
    Instant MADE = Instant.parse("2026-03-01T12:00:00Z");

    /** Webhooks, the store whose events they are told of, and its clock. */
    record Place(Webhooks webhooks, Store store, FakeTime time) {
        /** One event more. */
        long event() {
            var id = new JobId(new UUID(7, store.latestEvent()));
            store.submit(List.of(new NewJob(id, job(), null)));
            return store.latestEvent();
        }

        private static Submission job() {
            return Submission.of(new ToolId("t", "1"), "{}").build();
        }

        Webhook webhook(String id) {
            return webhooks.find(id).orElseThrow();
        }
    }

    /** A fresh one, for this test only. */
    Place place();

    @Test
    default void aWebhookIsFoundAsItWasAddedAndToldOfWhatComes() {
        Place on = place();
        long before = on.event();
        Webhook all = webhook("a", "", Set.of(JobState.Name.DEAD), "", "");
        Webhook some =
                webhook(
                        "b",
                        "acme",
                        Set.of(JobState.Name.SUCCEEDED, JobState.Name.RUNNING),
                        "t@1",
                        "q");
        on.webhooks.add(all, "s1");
        on.webhooks.add(some, "s2");

        assertThat(on.webhooks.all()).extracting(Webhook::id).containsExactly("a", "b");
        Webhook found = on.webhook("b");
        assertThat(found.position()).isEqualTo(before);
        assertThat(found).usingRecursiveComparison().ignoringFields("position").isEqualTo(some);
        assertThat(on.webhooks.secrets("a")).containsExactly("s1");
        assertThat(on.webhooks.secrets("x")).isEmpty();
        assertThat(on.webhooks.find("x")).isEmpty();
        assertThatThrownBy(() -> on.webhooks.add(all, "s3")).isInstanceOf(PawlException.class);
        assertThat(on.webhooks.secrets("a")).containsExactly("s1");
    }

    @Test
    default void aSecretOfBeforeHoldsUntilThen() {
        Place on = place();
        on.webhooks.add(webhook("a"), "s1");
        on.webhooks.add(webhook("b"), "other");
        Instant until = on.store.now().plus(Duration.ofHours(1));

        assertThat(on.webhooks.rotate("a", "s2", until)).isTrue();
        assertThat(on.webhooks.rotate("gone", "s2", until)).isFalse();

        assertThat(on.webhooks.secrets("a")).containsExactly("s2", "s1");
        assertThat(on.webhooks.rotate("a", "s3", until)).isTrue();
        assertThat(on.webhooks.secrets("a")).containsExactly("s3", "s2");
        on.time.advance(Duration.ofHours(2));
        assertThat(on.webhooks.secrets("a")).containsExactly("s3");
        assertThat(on.webhooks.rotate("a", "s4", on.store.now())).isTrue();
        assertThat(on.webhooks.secrets("a")).containsExactly("s4");
        assertThat(on.webhooks.secrets("b")).containsExactly("other");
    }

    @Test
    default void aPositionOnlyGrows() {
        Place on = place();
        on.webhooks.add(webhook("a"), "s");
        on.webhooks.add(webhook("b"), "s");

        on.webhooks.advance(List.of("a", "gone"), 9);
        on.webhooks.advance(List.of("a"), 5);

        assertThat(on.webhook("a").position()).isEqualTo(9);
        assertThat(on.webhook("b").position()).isZero();
    }

    @Test
    default void whatIsSwitchedOnAgainIsToldOfWhatComesThen() {
        Place on = place();
        on.webhooks.add(webhook("a"), "s");
        assertThat(on.webhooks.enable("a", false)).isTrue();
        long missed = on.event();
        assertThat(on.webhook("a").enabled()).isFalse();
        assertThat(on.webhook("a").position()).isLessThan(missed);

        assertThat(on.webhooks.enable("a", true)).isTrue();
        assertThat(on.webhook("a").position()).isEqualTo(missed);

        on.event();
        assertThat(on.webhooks.enable("a", true)).as("it is on").isTrue();
        assertThat(on.webhook("a").position()).isEqualTo(missed);
        assertThat(on.webhooks.enable("gone", true)).isFalse();
        assertThat(on.webhooks.enable("gone", false)).isFalse();
    }

    @Test
    default void tooManyFailuresInARowHoldAllButOneProbe() {
        Place on = place();
        on.webhooks.add(webhook("a"), "s");
        Duration probe = Duration.ofSeconds(10);
        Instant until = on.store.now().plusSeconds(60);
        on.webhooks.failed("a", 2, until);
        assertThat(on.webhooks.pass("a", probe)).isZero();
        assertThat(on.webhook("a").failures()).isEqualTo(1);

        on.webhooks.failed("a", 2, until);
        assertThat(on.webhook("a").heldUntil()).contains(until);
        assertThat(on.webhooks.pass("a", probe)).isEqualTo(Duration.ofSeconds(60));

        on.time.advance(Duration.ofSeconds(60));
        assertThat(on.webhooks.pass("a", probe)).as("one may try").isZero();
        assertThat(on.webhooks.pass("a", probe)).as("others wait for it").isEqualTo(probe);

        on.webhooks.succeeded("a");
        assertThat(on.webhooks.pass("a", probe)).isZero();
        assertThat(on.webhook("a").failures()).isZero();
        assertThat(on.webhook("a").heldUntil()).isEmpty();
        assertThat(on.webhooks.pass("gone", probe)).isZero();
    }

    @Test
    default void switchingItOnEndsAHold() {
        Place on = place();
        on.webhooks.add(webhook("a"), "s");
        on.webhooks.failed("a", 1, on.store.now().plusSeconds(60));

        on.webhooks.enable("a", true);

        assertThat(on.webhooks.pass("a", Duration.ofSeconds(1))).isZero();
        assertThat(on.webhook("a").failures()).isZero();
    }

    @Test
    default void deliveriesAreKeptTheNewestFirstAndTheOldestForgotten() {
        Place on = place();
        on.webhooks.add(webhook("a"), "s");
        on.webhooks.add(webhook("b"), "s");
        for (int i = 1; i <= Webhooks.DELIVERIES_MAX + 2; i++) on.webhooks.log(delivery("a", i));
        on.webhooks.log(delivery("b", 1));
        on.webhooks.log(delivery("gone", 1));

        assertThat(on.webhooks.deliveries("a", 2))
                .containsExactly(
                        delivery("a", Webhooks.DELIVERIES_MAX + 2),
                        delivery("a", Webhooks.DELIVERIES_MAX + 1));
        assertThat(on.webhooks.deliveries("a", Webhooks.DELIVERIES_MAX))
                .hasSize(Webhooks.DELIVERIES_MAX)
                .endsWith(delivery("a", 3));
        assertThat(on.webhooks.deliveries("b", 9)).containsExactly(delivery("b", 1));
        assertThat(on.webhooks.deliveries("gone", 9)).isEmpty();
    }

    @Test
    default void aRemovedOneIsGoneWithItsDeliveries() {
        Place on = place();
        on.webhooks.add(webhook("a"), "s");
        on.webhooks.log(delivery("a", 1));

        assertThat(on.webhooks.remove("a")).isTrue();
        assertThat(on.webhooks.remove("a")).isFalse();

        assertThat(on.webhooks.all()).isEmpty();
        assertThat(on.webhooks.secrets("a")).isEmpty();
        on.webhooks.add(webhook("a"), "s");
        assertThat(on.webhooks.deliveries("a", 9)).isEmpty();
    }

    private static WebhookDelivery delivery(String id, long event) {
        return new WebhookDelivery(
                id,
                event,
                new JobId(new UUID(7, event)),
                2,
                MADE,
                503,
                Duration.ofMillis(42),
                "not now");
    }

    private static Webhook webhook(String id) {
        return webhook(id, "", Set.of(JobState.Name.DEAD), "", "");
    }

    private static Webhook webhook(
            String id, String tenant, Set<JobState.Name> states, String tool, String queue) {
        return new Webhook(
                id,
                "https://example.org/hook?a=b",
                tenant,
                states,
                tool,
                queue,
                true,
                MADE,
                0,
                0,
                Optional.empty());
    }
}
