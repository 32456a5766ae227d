package dev.pawl.server.sitefit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.ApiKey;
import dev.pawl.core.ApiKeys;
import dev.pawl.core.Artifact;
import dev.pawl.core.JobId;
import dev.pawl.core.Role;
import dev.pawl.server.OnEachStore;
import dev.pawl.server.StoreKind;
import dev.pawl.server.sitefit.Sitefit.Answer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What site-fit jobs have made: their scores, and their files by links that expire. */
@OnEachStore
final class SitefitResultsTest {
    private static final String SITE =
            """
            {"crs": "EPSG:5514",
             "parcel": {"coordinates": [[0, 0], [24.5, 0], [24.5, 30], [0, 30]]},
             "house": {"coordinates": [[0, 0], [10, 0], [10, 8], [0, 8]]}}
            """;

    @TempDir Path folder;

    private final StoreKind kind;

    SitefitResultsTest(StoreKind kind) {
        this.kind = kind;
    }

    @Test
    void theScoreIsTheBestOfTheResults() throws Exception {
        try (var sitefit = new Sitefit(kind, folder)) {
            String id = sitefit.runVersion("1.0.0", SITE).field("job_id");
            sitefit.solved(
                    "1.0.0",
                    "{\"results\":[{\"score\":3},{\"score\":92.5},{\"id\":\"x\"},{\"score\":\"100\"}]}");

            assertThat(sitefit.get("/jobs/status/" + id).json().path("score").doubleValue())
                    .isEqualTo(92.5);

            String other = sitefit.run("{}").field("job_id");
            sitefit.solved("1.1.0", "{\"result\":52}");
            assertThat(sitefit.get("/jobs/status/" + other).json().has("score")).isFalse();
        }
    }

    @Test
    void filesAreAmongTheArtifactsByLinksThatWork() throws Exception {
        try (var sitefit = new Sitefit(kind, folder)) {
            String id = sitefit.runVersion("1.0.0", SITE).field("job_id");
            sitefit.solved(
                    "1.0.0",
                    "{\"results\":[],\"artifacts\":[{\"kind\":\"pdf\",\"url\":\"https://elsewhere\"}]}",
                    "plan view.png",
                    "out/site.geojson");

            List<JsonNode> artifacts = artifacts(sitefit, id);

            assertThat(artifacts)
                    .extracting(a -> a.path("kind").stringValue())
                    .containsExactly("pdf", "geojson", "png");
            for (JsonNode artifact : artifacts.subList(1, 3)) {
                assertThat(Instant.parse(artifact.path("expires_at").stringValue()))
                        .isBetween(
                                Instant.now().plusSeconds(3_000), Instant.now().plusSeconds(3_700));
                String label = artifact.path("label").stringValue();
                Answer file = sitefit.get(path(artifact));
                assertThat(file.status()).as(label).isEqualTo(200);
                assertThat(file.text()).isEqualTo(label);
            }
        }
    }

    @Test
    void aLinkThatWasTamperedWithIsRefused() throws Exception {
        try (var sitefit = new Sitefit(kind, folder)) {
            String id = sitefit.runVersion("1.0.0", SITE).field("job_id");
            sitefit.solved("1.0.0", "{\"results\":[]}", "a.png", "b.png");
            String good = path(artifacts(sitefit, id).getFirst());
            assertThat(sitefit.get(good).status()).isEqualTo(200);

            for (String bad :
                    List.of(
                            good.replace("a.png", "b.png"),
                            good.replaceFirst("expires=\\d+", "expires=99999999999"),
                            good.replaceFirst("expires=\\d+", "expires=x"),
                            good.replaceFirst("&signature=.*", ""),
                            good.replaceFirst("\\?.*", ""),
                            good.replaceFirst("signature=..", "signature=00"),
                            good.replaceFirst("signature=", "signature=%C3%A9"),
                            good.replace(id, "no-uuid"),
                            good.replace("a.png", "..%2f..%2fpawl.db")))
                assertThat(sitefit.get(bad).status()).as(bad).isIn(400, 403);
        }
    }

    @Test
    void aLinkThatIsOverIsRefused() throws Exception {
        var links = new SignedLinks(Duration.ofHours(1));
        var job = new JobId(new UUID(1, 2));
        var file = new Artifact("a", 1, "0".repeat(64), "text/plain");
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        Instant end = links.end(now);
        String signature = links.to(job, file, end, "secret").replaceFirst(".*signature=", "");
        String expires = Long.toString(end.getEpochSecond());

        assertThat(SignedLinks.fault(job, "a", expires, signature, end.minusSeconds(1), "secret"))
                .isEqualTo(SignedLinks.Fault.NONE);
        assertThat(SignedLinks.fault(job, "a", expires, signature, end, "secret"))
                .isEqualTo(SignedLinks.Fault.EXPIRED);
        assertThat(SignedLinks.fault(job, "a", expires, signature, now, "another"))
                .isEqualTo(SignedLinks.Fault.FORGED);
    }

    @Test
    void whoIsNotOfTheTenantFindsNothing() throws Exception {
        try (var sitefit = Sitefit.withKeys(kind, folder)) {
            String[] acme = key(sitefit, Role.USER, "acme");
            String[] colleague = key(sitefit, Role.VIEWER, "acme");
            String[] globex = key(sitefit, Role.USER, "globex");
            String id = sitefit.run("{\"value\": 5}", acme).field("job_id");
            String other = sitefit.run("{\"value\": 5}", globex).field("job_id");
            sitefit.solved("1.1.0", "{\"result\":15}", "a.png");

            assertThat(other).isNotEqualTo(id);
            assertThat(sitefit.run("{\"value\": 5}", acme).field("job_id")).isEqualTo(id);
            assertThat(sitefit.get("/jobs/status/" + id, colleague).status()).isEqualTo(200);
            assertThat(sitefit.get("/jobs/status/" + id, globex).status()).isEqualTo(404);
            assertThat(sitefit.get("/jobs/result/" + id, globex).status()).isEqualTo(404);
            assertThat(sitefit.run("{}", colleague).status()).isEqualTo(403);
            assertThat(sitefit.run("{}").status()).isEqualTo(401);
            assertThat(sitefit.get("/jobs/status/" + id).status()).isEqualTo(401);
            assertThat(sitefit.get("/jobs/result/" + id).status()).isEqualTo(401);
            assertThat(sitefit.get("/health").status()).isEqualTo(200);
            JsonNode link = sitefit.get("/jobs/result/" + id, acme).json().at("/artifacts/0");
            assertThat(sitefit.get(path(link)).text()).isEqualTo("a.png");
        }
    }

    private static String[] key(Sitefit sitefit, Role role, String tenant) {
        String secret = "pawl_" + role + tenant;
        sitefit.keys.add(
                new ApiKey(
                        "k" + role + tenant,
                        role + "-" + tenant,
                        role,
                        tenant,
                        Instant.EPOCH,
                        Instant.parse("2100-01-01T00:00:00Z"),
                        Optional.empty(),
                        Optional.empty()),
                ApiKeys.hash(secret));
        return new String[] {"Authorization", "Bearer " + secret};
    }

    private static List<JsonNode> artifacts(Sitefit sitefit, String id) {
        Answer result = sitefit.get("/jobs/result/" + id);
        assertThat(result.status()).isEqualTo(200);
        return List.copyOf(result.json().path("artifacts").values());
    }

    private static String path(JsonNode artifact) {
        URI url = URI.create(artifact.path("url").stringValue());
        assertThat(url.isAbsolute()).isTrue();
        return url.getRawPath() + "?" + url.getRawQuery();
    }
}
