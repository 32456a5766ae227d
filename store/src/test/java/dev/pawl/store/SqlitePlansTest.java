package dev.pawl.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pawl.core.JobFilter;
import dev.pawl.core.JobState;
import dev.pawl.core.SystemTime;
import dev.pawl.store.sqlite.SqliteOptions;
import dev.pawl.store.sqlite.SqliteSql;
import dev.pawl.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A page costs the page: its statements walk an index from its newest end and sort nothing. */
final class SqlitePlansTest {
    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "job_lane, JOB",
        "ready_lane_id, READY",
        "outcome_lane, DEAD",
        "outcome_lane, CANCELLED"
    })
    void aPageOfALaneWalksItsIndex(String index, String place) throws Exception {
        assertThat(plan(ofLane(place)))
                .singleElement()
                .asString()
                .startsWith("SEARCH")
                .contains("COVERING INDEX " + index + " (lane=?");
    }

    @Test
    void aPageOfUnsuccessfulJobsWalksTheirIndex() throws Exception {
        for (String sql : List.of(ListSql.NEWEST_DEAD, ListSql.NEWEST_CANCELLED))
            assertThat(plan(sql))
                    .singleElement()
                    .asString()
                    .contains("INDEX outcome_unsuccessful (state=?");
    }

    @Test
    void aPageOfKeptResultsWalksItsIndex() throws Exception {
        assertThat(plan(StoreSql.KEPT_NEWEST))
                .singleElement()
                .asString()
                .contains("INDEX kept_job (job_id<?)");
        assertThat(plan(StoreSql.KEPT_NEWEST_OF_LANE))
                .singleElement()
                .asString()
                .contains("INDEX kept_lane (lane=? AND job_id<?)");
    }

    @Test
    void whatHasNoSuchIndexIsWalkedFromItsNewestEndAndNotSorted() throws Exception {
        for (String sql :
                List.of(
                        ListSql.NEWEST_WAITING,
                        ListSql.NEWEST_LATER,
                        ListSql.NEWEST_SUCCEEDED,
                        ListSql.NEWEST_SUCCEEDED_BY_OUTCOME,
                        ListSql.NEWEST_SUCCEEDED_BY_JOB,
                        ListSql.NEWEST_RUNNING,
                        ListSql.NEWEST_WAITING_OF_LANE,
                        ListSql.NEWEST_LATER_OF_LANE,
                        ListSql.NEWEST_RUNNING_OF_LANE))
            assertThat(plan(sql)).noneMatch(step -> step.contains("B-TREE")).allMatch(this::seeks);
    }

    @Test
    void aListWithOtherFiltersGoesByIdsAndIsNotSorted() throws Exception {
        String sql =
                StoreSql.LIST
                        + " WHERE 1 = 1"
                        + ListSql.AFTER
                        + ListSql.WITH_TOOL
                        + ListSql.WITH_TENANT
                        + StoreSql.PAGE;

        assertThat(plan(sql)).first().asString().isEqualTo("SEARCH j USING PRIMARY KEY (id<?)");
        assertThat(plan(sql)).noneMatch(step -> step.contains("B-TREE FOR ORDER BY"));
    }

    @Test
    void aJobIsFoundInReadyByItsLane() throws Exception {
        for (String sql : List.of(StoreSql.READY_FIND, StoreSql.READY_REMOVE, StoreSql.STATE))
            assertThat(plan(sql)).noneMatch(step -> step.startsWith("SCAN"));
    }

    @Test
    void aSearchReadsItsCandidatesFromOneIndexAndLooksAtEachByItsKey() throws Exception {
        var indexes =
                Map.of(
                        ListSql.NEWEST_OF_ALL, "job USING",
                        ListSql.NEWEST_WITH_TAG, "tag USING PRIMARY KEY (tag=? AND id<?)",
                        ListSql.NEWEST_OF_FLOW, "job_correlation (correlation_id=? AND id<?)",
                        ListSql.NEWEST_CAUSED_BY, "job_causation (causation=? AND id<?)",
                        ListSql.OF_KEY, "idempotency USING PRIMARY KEY (tenant=? AND key=?)");
        for (var each : indexes.entrySet())
            assertThat(plan(each.getKey()))
                    .singleElement()
                    .asString()
                    .startsWith("SEARCH")
                    .contains(each.getValue());

        var fields =
                Collections.nCopies(
                        JobFilter.INPUTS_MAX, new JobFilter.InputField(List.of("a"), "b"));
        JobFilter all =
                JobFilter.ALL
                        .withStates(Set.of(JobState.Name.values()))
                        .withTool("t@1")
                        .withQueue("q")
                        .withTag("t")
                        .withCorrelationId("c")
                        .withCausation("c")
                        .withTenant("t")
                        .withTime(Instant.MIN, Instant.MIN)
                        .withIdempotencyKey("k")
                        .withError("e")
                        .withInputs(fields);
        assertThat(plan(ListSql.MATCHES + JobList.conditions(SqliteSql.DIALECT, all)))
                .filteredOn(step -> step.startsWith("SCAN"))
                .isEmpty();
    }

    @Test
    void theLongestDueOfALaneIsFoundByItsKey() throws Exception {
        assertThat(plan(ListSql.LONGEST_DUE))
                .singleElement()
                .asString()
                .startsWith("SEARCH ready USING PRIMARY KEY (lane=? AND priority");
    }

    private boolean seeks(String step) {
        return step.startsWith("SEARCH");
    }

    private static String ofLane(String place) {
        return switch (place) {
            case "JOB" -> ListSql.NEWEST_OF_LANE;
            case "READY" -> ListSql.NEWEST_READY_OF_LANE;
            case "DEAD" -> ListSql.NEWEST_DEAD_OF_LANE;
            case "CANCELLED" -> ListSql.NEWEST_CANCELLED_OF_LANE;
            default -> throw new IllegalArgumentException(place);
        };
    }

    /** The plan's steps in words, subqueries among them. */
    private List<String> plan(String sql) throws Exception {
        Path file = folder.resolve("pawl.db");
        SqliteStore.open(SqliteOptions.of(file), new SystemTime()).close();
        String text = SqliteSql.DIALECT.text(sql);
        var steps = new ArrayList<String>();
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                var rows =
                        connection.createStatement().executeQuery("EXPLAIN QUERY PLAN " + text)) {
            while (rows.next()) steps.add(rows.getString("detail"));
        }
        return steps;
    }
}
