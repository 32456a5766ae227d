package dev.pawl.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.Claim;
import dev.pawl.core.JobId;
import dev.pawl.core.LeaseId;
import dev.pawl.core.Outcome;
import dev.pawl.core.ToolId;
import dev.pawl.tool.Checked;
import dev.pawl.tool.JsonSchema;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What {@code /openapi.json} says is what the server does. */
final class OpenApiTest {
    private static final Pattern EVENT =
            Pattern.compile("^event: (\\w+)$.*?^data: (.*)$", Pattern.MULTILINE | Pattern.DOTALL);

    @TempDir Path folder;
    private Running on;

    @BeforeEach
    void start() throws IOException {
        on = new Running(folder, ServerOptions.defaults());
    }

    @AfterEach
    void stop() {
        on.close();
    }

    @Test
    void everyRouteOfTheApiIsDescribedAndNoOther() {
        var described = new TreeSet<String>();
        on.get("/openapi.json")
                .json()
                .path("paths")
                .properties()
                .forEach(path ->
                        path.getValue()
                                .propertyNames()
                                .forEach(method -> described.add(method + " " + path.getKey())));
        var served = new TreeSet<String>();
        for (Routes.Route route : on.server.routes())
            served.add(
                    route.method().text().toLowerCase(java.util.Locale.ROOT)
                            + " "
                            + route.path().replace("{+", "{"));
        // Two are for people, the other is this document itself.
        served.removeAll(Set.of("get /", "get /sign-in", "get /openapi.json"));

        assertThat(described).isEqualTo(served);
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        JsonNode document = on.get("/openapi.json").json();
        var references = new ArrayList<String>();
        collect(document, references);

        assertThat(references).isNotEmpty();
        for (String reference : references)
            assertThat(document.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
    }

    @Test
    void whatIsAnsweredFitsItsSchema() {
        String id = submit("hi");
        var want = new Claim.Want(Set.of(new ToolId("shout", "1")), Set.of(), Set.of(), 1);
        var claim =
                new Claim(
                        new LeaseId(new UUID(4, 2)),
                        "w",
                        Duration.ofMinutes(1),
                        List.of(want),
                        Set.of());
        var job = on.engine.claim(claim).jobs().getFirst();
        on.engine.end(
                List.of(on.engine.ending(job, "w", new Outcome.Succeeded("{\"a\":1}", List.of()))));
        String cancelled = submit("bye");
        on.engine.cancel(JobId.parse(cancelled).orElseThrow());
        submit("later");

        fits("JobPage", on.get("/v1/jobs?limit=2"));
        fits("JobPage", on.get("/v1/jobs?input.text=hi"));
        fits("JobCount", on.get("/v1/jobs/count?input.text=hi"));
        fits("DeadLetters", on.get("/v1/dead"));
        fits(
                "BulkDone",
                on.post("/v1/jobs:redrive", "{\"all\":true,\"rate\":\"1/s\",\"dry_run\":true}"));
        fits("BulkDone", on.post("/v1/jobs:discard", "{\"all\":true,\"dry_run\":true}"));
        for (String each : List.of(id, cancelled)) {
            fits("Job", on.get("/v1/jobs/" + each));
            fits("Why", on.get("/v1/jobs/" + each + "/why"));
            fits("LogPage", on.get("/v1/jobs/" + each + "/logs"));
            fits("Artifacts", on.get("/v1/jobs/" + each + "/artifacts"));
        }
        fits("Done", on.post("/v1/jobs/" + cancelled + ":redrive", ""));
        fits("Tools", on.get("/v1/tools"));
        fits("Tool", on.get("/v1/tools/shout"));
        fits("Queues", on.get("/v1/queues"));
        fits("Queue", on.put("/v1/queues/default", "{\"depth_max\":9,\"rate\":\"5/s\"}"));
        fits("Limits", on.get("/v1/limits"));
        fits("Queue", on.post("/v1/queues/default:pause", ""));
        fits("Workers", on.get("/v1/workers"));
        fits("Stats", on.get("/v1/stats"));
        Running.Answer key = on.post("/v1/keys", "{\"name\":\"ann\",\"role\":\"viewer\"}");
        fits("MadeKey", key);
        fits("Keys", on.get("/v1/keys"));
        String made = key.json().path("id").stringValue();
        fits("Key", on.send(on.request("/v1/keys/" + made).DELETE()));
        fits("User", on.post("/v1/users", "{\"name\":\"ann\",\"password\":\"correct horse\"}"));
        fits("Users", on.get("/v1/users"));
        fits("User", on.put("/v1/users/ann", "{\"role\":\"admin\"}"));
        fits("User", on.send(on.request("/v1/users/ann").DELETE()));
        fits("Session", on.get("/v1/session"));
        fits("SignedOut", on.send(on.request("/v1/session").DELETE()));
        fits("Ready", on.get("/readyz"));
        fits("Problem", on.get("/v1/jobs/nope"));
        fits("Problem", on.post("/v1/jobs", "{\"tool\":\"shout\"}"));
    }

    @Test
    void whatIsAnsweredOfWebhooksFitsItsSchema() {
        Running.Answer made = on.post("/v1/webhooks", "{\"url\":\"http://127.0.0.1:1/\"}");
        String one = "/v1/webhooks/" + made.json().path("id").stringValue();

        fits("MadeWebhook", made);
        fits("Webhooks", on.get("/v1/webhooks"));
        fits("Webhook", on.get(one));
        fits("Replayed", on.post(one + ":test", "{}"));
        fits("Replayed", on.post(one + ":replay", "{\"since\":\"2026-01-31T08:00:00Z\"}"));
        fits("Deliveries", on.get(one + "/deliveries"));
        fits("Webhook", on.post(one + ":disable", ""));
        fits("Webhook", on.post(one + ":enable", ""));
        fits("WebhookRemoved", on.send(on.request(one).DELETE()));
        fits("Problem", on.get(one));
    }

    @Test
    void whatTheWorkerProtocolAnswersFitsItsSchema() {
        submit("hi");
        String worker = "{\"worker\":\"w\",\"tools\":[\"shout@1\"]}";
        String lease = new UUID(4, 2).toString();
        String claim =
                "{\"worker\":\"w\",\"lease\":\"%s\",\"wants\":[{\"tools\":[\"shout@1\"]}]}"
                        .formatted(lease);

        fits("Worker", on.post("/v1/workers", worker));
        Running.Answer leased = on.post("/v1/leases", claim);
        fits("Leased", leased);
        fits("Leased", on.post("/v1/leases:recover", worker("lease", "\"" + lease + "\"")));
        fits("Renewed", on.post("/v1/leases:renew", worker("leases", "[\"" + lease + "\"]")));
        fits("Hints", on.post("/v1/leases:watch", "{}"));
        JsonNode job = leased.json().path("jobs").path(0);
        String attempt = "/v1/leases/%s/jobs/%s/1".formatted(lease, job.path("id").stringValue());
        fits("Reported", on.post(attempt + ":progress", "{\"fraction\":1}"));
        fits("Reported", on.post(attempt + ":log", "{\"lines\":[]}"));
        fits(
                "Artifact",
                on.send(
                        on.request(attempt + "/artifacts/a")
                                .PUT(HttpRequest.BodyPublishers.ofString("a"))));
        fits("Reported", on.post(attempt + ":complete", "{}"));
        fits("Problem", on.post(attempt + ":fail", "{}"));
        fits("ReportedAll", on.post("/v1/leases:end", "{\"reports\":[{}]}"));
        fits("Left", on.post("/v1/workers/w:leave", ""));
    }

    @Test
    void whatIsStreamedFitsItsSchema() {
        submit("hi");
        var lease = new LeaseId(new UUID(4, 2));
        var want = new Claim.Want(Set.of(new ToolId("shout", "1")), Set.of(), Set.of(), 1);
        var claim = new Claim(lease, "w", Duration.ofMinutes(1), List.of(want), Set.of());
        var job = on.engine.claim(claim).jobs().getFirst();
        String attempt = "/v1/leases/%s/jobs/%s/1".formatted(lease, job.id());
        fits(
                "Reported",
                on.post(attempt + ":log", "{\"lines\":[{\"seq\":0,\"text\":\"a line\"}]}"));
        on.post(attempt + ":complete", "{}");

        String told =
                new String(
                        on.get("/v1/jobs/" + job.id() + "/events").response().body(),
                        StandardCharsets.UTF_8);
        var types = new TreeSet<String>();
        for (String event : told.split("\n\n", -1)) {
            Matcher parts = EVENT.matcher(event);
            if (!parts.find()) continue;
            types.add(parts.group(1));
            String schema = parts.group(1).equals("state") ? "StateEvent" : "LogLine";
            JsonNode data = JsonMapper.shared().readTree(parts.group(2));
            assertThat(schema(schema).check(data)).as(event).isInstanceOf(Checked.Valid.class);
        }

        assertThat(types).containsExactly("log", "state");
    }

    @Test
    void everyAnswerIsDescribed() {
        JsonNode paths = on.get("/openapi.json").json().path("paths");
        for (JsonNode methods : paths.values())
            for (JsonNode operation : methods.values())
                assertThat(operation.path("responses").path("2XX").path("content").size())
                        .as("%s", operation)
                        .isPositive();
    }

    private static String worker(String name, String value) {
        return "{\"worker\":\"w\",\"%s\":%s}".formatted(name, value);
    }

    @Test
    void aSchemaThatIsBrokenIsNoticed() {
        ObjectNode job = JsonNodeFactory.instance.objectNode().put("id", "x");
        assertThat(schema("Job").check(job)).isInstanceOf(Checked.Invalid.class);
    }

    private void fits(String name, Running.Answer answer) {
        assertThat(schema(name).check(answer.json()))
                .as("%s %s", name, answer.json())
                .isInstanceOf(Checked.Valid.class);
    }

    private JsonSchema schema(String name) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        schema.put("$ref", "#/components/schemas/" + name);
        schema.set("components", on.get("/openapi.json").json().path("components"));
        return JsonSchema.of(schema);
    }

    private String submit(String text) {
        return on.post(
                        "/v1/jobs",
                        "{\"tool\":\"shout\",\"input\":{\"text\":\"%s\"}}".formatted(text))
                .json()
                .path("id")
                .stringValue();
    }

    private static void collect(JsonNode node, List<String> references) {
        if (node.path("$ref").isString()) references.add(node.path("$ref").stringValue());
        node.values().forEach(child -> collect(child, references));
    }
}
