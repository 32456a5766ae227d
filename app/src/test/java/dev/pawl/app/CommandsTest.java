package dev.pawl.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.app.Typed.Ended;
import dev.pawl.app.cli.ExitCode;
import dev.pawl.core.JobId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that start no other process, each as a user types it. */
final class CommandsTest {
    private static final String ECHO =
            """
            tool: echo@1
            title: Says it again
            input:
              type: object
              additionalProperties: false
              required: [text]
              properties:
                text: {type: string, contentMediaType: text/plain, description: "what, or @file"}
                times: {type: integer, minimum: 1, maximum: 9, default: 1}
                loud: {type: boolean, default: false}
            run: {command: [echo, "{{input.text}}"]}
            policy: {cache: {ttl: 1h}, concurrency: 2}
            examples: {valid: [{text: a}], invalid: [{}, {text: a, times: 0}]}
            """;

    @TempDir Path folder;
    private Typed user;

    @BeforeEach
    void aFolderWithATool() {
        user = new Typed(folder).tool("echo", ECHO);
    }

    @Test
    void versionOpensNothing() {
        Ended ended = user.type("version");

        assertThat(ended.out()).startsWith("pawl 0.0.1-test (Java ");
        assertThat(ended.code()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(folder.resolve("pawl-data")).doesNotExist();
    }

    @Test
    void withoutACommandItShowsTheHelpAndEndsAsWrongUsage() {
        Ended ended = user.type();

        assertThat(ended.code()).isEqualTo(ExitCode.USAGE);
        assertThat(ended.err()).contains("run ", "submit ", "doctor ", "completion ");
    }

    @Test
    void aWrongWordNamesTheNearest() {
        assertThat(user.type("verson").err())
                .isEqualTo("pawl: \"verson\" is not known; did you mean version?\n");
        assertThat(user.type("jobs", "lst").err()).contains("did you mean list?");
        assertThat(user.type("jobs", "list", "--stat", "dead").err())
                .contains("did you mean --state?");
        assertThat(user.type("run", "ecko", "--text", "a").err())
                .isEqualTo("pawl: no tool is called \"ecko\"; did you mean \"echo\"?\n");
        assertThat(user.type("run", "echo@2", "--text", "a").err())
                .contains("did you mean \"echo@1\"");
        assertThat(user.type("run", "echo", "--txt", "a").err()).contains("did you mean --text?");
        assertThat(user.type("verson").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void everyFieldThatIsWrongIsNamedAndNothingIsStored() {
        Ended ended = user.type("submit", "echo", "--times", "12");

        assertThat(ended.code()).isEqualTo(ExitCode.USAGE);
        assertThat(ended.err()).contains("/times is 12", "/text is missing");
        assertThat(user.type("jobs", "list").out()).isEmpty();
    }

    @Test
    void theHelpOfAToolShowsItsFlags() {
        Ended ended = user.type("run", "echo", "--help");

        assertThat(ended.out())
                .contains(
                        "Says it again",
                        "--text",
                        "--times",
                        "--[no-]loud",
                        "(required)",
                        "Default: 1");
    }

    @Test
    void submitPrintsTheIdAndJobsShowsIt() {
        JobId id =
                user.type("submit", "echo", "--text", "a", "--tag", "x", "--priority", "3").job();

        Ended list = user.type("jobs", "list", "--tag", "x");
        Ended show = user.type("jobs", "show", id.toString(), "--json");

        assertThat(list.out()).startsWith(id + "\techo@1\tqueued\t");
        assertThat(show.out())
                .contains("\"priority\":3", "\"tags\":[\"x\"]")
                .contains("\"input\":{\"text\":\"a\",\"times\":1,\"loud\":false}");
    }

    @Test
    void aFileIsKeptByItsContentAndNotInTheRow() throws Exception {
        Files.writeString(folder.resolve("long.txt"), "x".repeat(2_000_000));

        JobId id = user.type("submit", "echo", "--text", "@long.txt").job();

        String shown = user.type("jobs", "show", id.toString(), "--json").out();
        assertThat(shown).contains("\"$file\":{\"name\":\"long.txt\"", "\"size\":2000000");
        assertThat(shown).hasSizeLessThan(3_000);
    }

    @Test
    void listsGoOnAfterTheLastOneOfAPage() {
        JobId first = user.type("submit", "echo", "--text", "1").job();
        JobId second = user.type("submit", "echo", "--text", "2").job();
        JobId third = user.type("submit", "echo", "--text", "3").job();

        List<String> page = Typed.lines(user.type("jobs", "list", "--limit", "2").out());
        String next = user.type("jobs", "list", "--after", second.toString()).out();

        assertThat(page.get(0)).startsWith(third.toString());
        assertThat(page.get(1)).startsWith(second.toString());
        assertThat(next).startsWith(first.toString());
        assertThat(user.type("jobs", "list", "--limit", "0").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aBatchTakesTheGoodLinesAndTellsTheBad() {
        Ended ended =
                user.stdin("{\"text\":\"a\"}\n\n{\"txt\":1}\nno json\n{\"text\":\"b\"}\n")
                        .type("submit", "echo", "--batch");

        assertThat(Typed.lines(ended.out())).hasSize(2);
        assertThat(ended.err()).contains("line 3: echo@1: /txt is not known", "line 4: ");
        assertThat(ended.code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void anIdempotencyKeyGivesTheSameJobAndRefusesAnotherInput() {
        JobId first = user.type("submit", "echo", "--text", "a", "--idempotency-key", "k").job();

        JobId again = user.type("submit", "echo", "--text", "a", "--idempotency-key", "k").job();
        Ended other = user.type("submit", "echo", "--text", "b", "--idempotency-key", "k");

        assertThat(again).isEqualTo(first);
        assertThat(other.code()).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void severalJobsAreCancelledRedrivenAndDiscarded() {
        String one = user.type("submit", "echo", "--text", "1").job().toString();
        String two = user.type("submit", "echo", "--text", "2").job().toString();

        assertThat(user.type("jobs", "cancel", one, two).out())
                .isEqualTo(one + " cancelled (was queued)\n" + two + " cancelled (was queued)\n");
        assertThat(user.type("jobs", "redrive", one).out()).contains("redriven (was cancelled)");
        assertThat(user.type("jobs", "discard", one).code()).isEqualTo(ExitCode.REFUSED);
        assertThat(user.type("jobs", "discard", two).out()).contains("discarded");
        Ended gone = user.type("jobs", "show", two);
        assertThat(gone.code()).isEqualTo(ExitCode.USAGE);
        assertThat(gone.err()).startsWith("pawl: job " + two + " is not in this data folder");
    }

    @Test
    void theDeadAreShownAndComeBackAtARate() {
        user.tool("bad", "tool: bad@1\nrun: {command: [\"false\"]}\npolicy: {attempts: 1}\n");
        assertThat(user.type("dead", "list").out()).isEmpty();
        user.type("run", "bad");
        user.type("run", "bad");
        List<String> ids =
                Typed.lines(user.type("jobs", "list", "--state", "dead").out()).stream()
                        .map(line -> line.split("\t", 2)[0])
                        .toList();
        String one = ids.getLast();
        String two = ids.getFirst();

        Ended list = user.type("dead", "list");
        assertThat(Typed.lines(list.out()).getFirst()).startsWith("bad@1\ttransient\t2\t");
        assertThat(list.out()).contains(one, two);
        assertThat(user.type("dead", "show", one).out()).contains("attempt      1 failed");
        assertThat(user.type("--json", "dead", "list", "--tool", "echo").out())
                .contains("\"count\":0");

        for (String bad : List.of("0/s", "-3/s", "quick", "9999/s"))
            assertThat(user.type("jobs", "redrive", "--all", "--rate", bad).code())
                    .as(bad)
                    .isEqualTo(ExitCode.USAGE);
        assertThat(user.type("jobs", "redrive", "--rate", "1/s").code()).isEqualTo(ExitCode.USAGE);
        assertThat(user.type("jobs", "redrive", one, "--all").code()).isEqualTo(ExitCode.USAGE);
        String[] filter = {"jobs", "redrive", "--tool", "bad", "--rate", "1/h", "--dry-run"};
        assertThat(user.type(filter).out()).startsWith("2 would be redriven, until ");
        filter[6] = "--json";
        assertThat(user.type(filter).out()).contains("\"done\":2", "\"until\":");
        assertThat(user.type("why", one).out() + user.type("why", two).out()).contains("queued");
        assertThat(user.type("dead", "show", one).code()).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void webhooksAreAddedListedSwitchedReplayedAndRemoved() {
        Ended refused = user.type("webhooks", "add", "http://127.0.0.1:9/");
        assertThat(refused.code()).isEqualTo(ExitCode.USAGE);
        assertThat(refused.err()).contains("private", "webhooks.private");
        user.with("PAWL_WEBHOOKS_PRIVATE", "true");
        String[] add = {"webhooks", "add", "http://127.0.0.1:9/", "--state", "dead", "--tool", "a"};
        List<String> made = Typed.lines(user.type(add).out());
        String id = made.getFirst();

        assertThat(made.get(1)).startsWith("whsec_");
        assertThat(user.type("webhooks", "list").out())
                .isEqualTo(id + "\ton\t0\tdead tool=a\thttp://127.0.0.1:9/\n");
        assertThat(user.type("webhooks", "disable", id).out()).isEqualTo(id + " off\n");
        assertThat(user.type("webhooks", "list").out()).startsWith(id + "\toff\t");
        assertThat(user.type("webhooks", "enable", id).out()).isEqualTo(id + " on\n");
        assertThat(user.type("webhooks", "rotate", id, "--overlap", "1h").out())
                .startsWith("whsec_")
                .isNotEqualTo(made.get(1) + "\n");
        assertThat(user.type("webhooks", "rotate", id, "--overlap", "31d").code())
                .isEqualTo(ExitCode.USAGE);
        JobId test = user.type("webhooks", "test", id).job();
        assertThat(user.type("webhooks", "replay", id, "--job", test.toString()).job())
                .isNotEqualTo(test);
        assertThat(user.type("webhooks", "replay", id, "--since", "1h").out()).isEmpty();
        assertThat(user.type("webhooks", "replay", id).code()).isEqualTo(ExitCode.USAGE);
        assertThat(user.type("--json", "webhooks", "deliveries", id).out()).isEmpty();
        assertThat(user.type("webhooks", "remove", id).out()).isEqualTo(id + " removed\n");
        assertThat(user.type("webhooks", "remove", id).code()).isEqualTo(ExitCode.USAGE);
        for (String bad : List.of("ftp://a.org/", "http://nobody.invalid/", "x"))
            assertThat(user.type("webhooks", "add", bad).code()).as(bad).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aQueueThatIsFullRefuses() {
        user.file("pawl.yaml", "queues: {mail: {depth: 1}}\n");
        user.type("submit", "echo", "--text", "1", "--queue", "mail");

        Ended ended = user.type("submit", "echo", "--text", "2", "--queue", "mail");

        assertThat(ended.code()).isEqualTo(ExitCode.REFUSED);
        assertThat(ended.err()).contains("mail");
    }

    @Test
    void aCapThatTheConfigurationNamesNoMoreEnds() {
        user.file("pawl.yaml", "queues: {mail: {depth: 1}}\n");
        user.type("submit", "echo", "--text", "1", "--queue", "mail");

        user.file("pawl.yaml", "color: never\n");
        Ended ended = user.type("submit", "echo", "--text", "2", "--queue", "mail");

        assertThat(ended.code()).as(ended.err()).isEqualTo(ExitCode.SUCCEEDED);
    }

    @Test
    void aCapHoldsForThoseWhoHaveNoConfigurationFile() throws Exception {
        user.file("pawl.yaml", "queues: {mail: {depth: 1}}\n");
        user.type("submit", "echo", "--text", "1", "--queue", "mail");

        Files.delete(folder.resolve("pawl.yaml"));
        Ended ended = user.type("submit", "echo", "--text", "2", "--queue", "mail");

        assertThat(ended.code()).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void cacheWhyShowsWhatDiffersFromTheNearestJob() {
        user.type("submit", "echo", "--text", "a");
        JobId id = user.type("submit", "echo", "--text", "a", "--times", "2").job();

        Ended ended = user.type("cache", "why", id.toString());

        assertThat(ended.out()).contains("nothing answered its key", "/input/times", "- 1", "+ 2");
        assertThat(user.type("cache", "why", id.toString(), "--json").out())
                .contains("{\"pointer\":\"/input/times\",\"before\":1,\"after\":2}");
        assertThat(user.type("cache", "list").out()).isEmpty();
        assertThat(user.type("cache", "prune").out()).isEqualTo("0 results forgotten\n");
    }

    @Test
    void cachePruneRemovesFilesThatNoJobNamesAnyMore() throws Exception {
        user.file("kept.txt", "kept").file("gone.txt", "gone").file("young.txt", "young");
        user.type("submit", "echo", "--text", "@kept.txt");
        for (String name : List.of("gone", "young")) {
            JobId id = user.type("submit", "echo", "--text", "@" + name + ".txt").job();
            user.type("jobs", "cancel", id.toString());
            user.type("jobs", "discard", id.toString());
        }
        Path kept = blobOf("kept");
        Path gone = blobOf("gone");
        Path young = blobOf("young");
        for (Path old : List.of(kept, gone))
            Files.setLastModifiedTime(old, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));

        Ended ended = user.type("cache", "prune");

        assertThat(ended.out()).isEqualTo("0 results forgotten\n1 files removed, 4 bytes\n");
        assertThat(gone).doesNotExist();
        assertThat(kept).exists();
        assertThat(young).exists();
    }

    /** Where the content of a text is kept. */
    private Path blobOf(String text) throws IOException {
        try (var files = Files.walk(folder.resolve("pawl-data"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().contains("blobs"))
                    .filter(file -> text.equals(read(file)))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void toolsAreListedShownAndChecked() {
        assertThat(user.type("tools", "list").out()).isEqualTo("echo@1\tcommand\tSays it again\n");
        assertThat(user.type("tools", "show", "echo").out())
                .contains("--text", "required", "2 at once", "results are kept for 1 h");
        assertThat(user.type("tools", "check").code()).isEqualTo(ExitCode.SUCCEEDED);
        user.tool("broken", "tool: broken@1\nrn: {}\n");
        Ended check = user.type("tools", "check");
        assertThat(check.code()).isEqualTo(ExitCode.FAULT);
        assertThat(check.out()).contains("broken.yaml:2:1");
        assertThat(user.type("tools", "list").out()).contains("echo@1");
    }

    @Test
    void errorsAreJsonWhereJsonIsWanted() {
        Ended ended = user.type("run", "nosuch", "--json");

        assertThat(ended.err())
                .startsWith("{\"error\":\"tool_not_found\",\"message\":")
                .contains("\"exit\":\"usage\"");
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void completionKnowsEveryCommand() {
        String script = user.type("completion", "bash").out();

        assertThat(script)
                .contains(
                        "run submit up server worker compute jobs dead why tools cache",
                        "--on-parent-failure");
        assertThat(user.type("completion", "zsh").out()).startsWith("autoload");
        assertThat(user.type("completion", "fish").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void colourIsForTerminalsUnlessSaidOtherwise() {
        user.type("submit", "echo", "--text", "a");

        assertThat(user.type("jobs", "list").out()).doesNotContain("\033");
        assertThat(user.type("jobs", "list", "--color", "always").out()).contains("\033");
        assertThat(user.terminal(80).type("jobs", "list").out()).contains("\033");
        assertThat(user.type("jobs", "list", "--color", "never").out()).doesNotContain("\033");
        assertThat(user.with("NO_COLOR", "1").type("jobs", "list").out()).doesNotContain("\033");
    }

    @Test
    void whatOthersWroteNeverReachesTheTerminalAsACommand() {
        user.type("submit", "echo", "--text", "a", "--correlation-id", "x\u009b31mred");
        String id = Typed.lines(user.type("jobs", "list").out()).getFirst().split("\t", -1)[0];

        assertThat(user.type("jobs", "show", id).out()).doesNotContain("\u009b");
    }

    // ---- Keys

    @Test
    void aKeyIsShownOnceAndRefusedOnceItIsRevoked() throws IOException {
        Ended made = user.type("keys", "create", "ann", "--expires", "1d");
        assertThat(made.code()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(made.out()).matches("pawl_[A-Za-z0-9_-]{43}\n");

        Ended listed = user.type("keys", "list", "--json");
        assertThat(listed.out()).contains("\"name\":\"ann\"", "\"role\":\"user\"", "good");
        assertThat(listed.out()).doesNotContain(made.out().strip());
        String id = listed.out().replaceAll("(?s).*\"id\":\"([^\"]+)\".*", "$1");
        assertThat(user.type("keys", "revoke", id).code()).isEqualTo(ExitCode.SUCCEEDED);
        assertThat(user.type("keys", "list").out()).contains("revoked");
        assertThat(user.type("keys", "revoke", "nope").err()).contains("nope", "keys list");
        for (Path file : List.of(folder.resolve("pawl-data/pawl.db")))
            assertThat(Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1))
                    .doesNotContain(made.out().strip());
    }

    @Test
    void onlyAnAdminsKeyReachesAllTenants() {
        assertThat(user.type("keys", "create", "root", "--role", "admin", "--json").out())
                .doesNotContain("tenant");
        assertThat(user.type("keys", "create", "ann", "--tenant", "acme", "--json").out())
                .contains("\"tenant\":\"acme\"");
        assertThat(user.type("keys", "create", "two words").code()).isEqualTo(ExitCode.USAGE);
        assertThat(user.type("keys", "create").err()).contains("NAME");
        assertThat(user.type("keys", "create", "anonymous").err()).contains("anonymous");
    }

    @Test
    void theKeyOfAServerIsNoPartOfWhatConfigShows() {
        user.file("pawl.yaml", "key: pawl_abc\n");

        assertThat(user.type("config").out()).contains("(secret)").doesNotContain("pawl_abc");
    }

    @Test
    void aFlagThatIsGivenTwiceHasTwoValues() {
        assertThat(user.type("config", "--json", "--tools", "a", "--tools", "b").out())
                .contains("\"key\":\"tools\",\"value\":\"a:b\"");
    }
}
