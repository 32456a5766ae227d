package dev.pawl.server.toolrunner;

import com.sun.management.OperatingSystemMXBean;
import dev.pawl.core.Count;
import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobState;
import dev.pawl.core.PawlException;
import dev.pawl.core.Ran;
import dev.pawl.core.Store;
import dev.pawl.core.Tally;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What is counted of jobs and of the machine. Jobs are never counted: the store keeps counters. */
final class Figures {
    private static final Logger log = LoggerFactory.getLogger(Figures.class);
    private static final int TOP = 5;
    private static final int COUNT_MAX = 10_000;
    private static final int LOOK_MAX = 20_000;
    private static final int LATEST = 1_000;
    private static final Comparator<OfTool> MOST_JOBS =
            Comparator.comparingLong(OfTool::jobs).reversed();

    private Figures() {}

    /** Jobs of scripts by state. */
    static Map<JobState.Name, Long> counts(Store store) {
        var counts = new EnumMap<JobState.Name, Long>(JobState.Name.class);
        for (Count count : ours(store)) counts.merge(count.state(), count.jobs(), Long::sum);
        return counts;
    }

    /** The same of those that fit a filter, which may be counted up to a bound only. */
    static Map<JobState.Name, Long> counts(Store store, JobFilter filter) {
        if (filter.isPlain()) return counts(store);
        var counts = new EnumMap<JobState.Name, Long>(JobState.Name.class);
        for (JobState.Name state : JobState.Name.values()) {
            Tally tally = store.count(filter.withStates(Set.of(state)), COUNT_MAX, LOOK_MAX);
            counts.put(state, (long) tally.jobs());
        }
        return counts;
    }

    static List<Count> ours(Store store) {
        return store.counts().stream()
                .filter(count -> count.queue().equals(ScriptReader.QUEUE))
                .toList();
    }

    /** What the store says; or that it is away, which is no error here. */
    static ObjectNode database(Store store, JobFilter filter) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        try {
            Map<JobState.Name, Long> counts = counts(store, filter);
            long total = sum(counts);
            long completed = counts.getOrDefault(JobState.Name.SUCCEEDED, 0L);
            node.put("connected", true)
                    .put("total_jobs", total)
                    .put("completed_jobs", completed)
                    .put("failed_jobs", counts.getOrDefault(JobState.Name.DEAD, 0L))
                    .put("success_rate", percent(completed, total));
            Map<String, OfTool> tools = byTool(store, filter);
            Ran all = tools.values().stream().map(OfTool::ran).reduce(Ran.NONE, Ran::and);
            node.put("average_duration", seconds(all).orElse(null));
            var top = node.putArray("top_tools");
            tools.entrySet().stream()
                    .sorted(Map.Entry.comparingByValue(MOST_JOBS))
                    .limit(TOP)
                    .forEach(each ->
                            top.addObject()
                                    .put("name", each.getKey())
                                    .put("count", each.getValue().jobs)
                                    .put(
                                            "average_duration",
                                            seconds(each.getValue().ran).orElse(null)));
            return node;
        } catch (PawlException e) {
            node.removeAll();
            return node.put("connected", false).put("error", String.valueOf(e.getMessage()));
        }
    }

    static long sum(Map<JobState.Name, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Of one's own jobs, which have no counters, the latest. */
    private static Map<String, OfTool> byTool(Store store, JobFilter filter) {
        var sums = new TreeMap<String, OfTool>();
        if (!filter.isPlain()) {
            for (Job job : store.search(filter, "", LATEST, LOOK_MAX).jobs())
                sums.merge(job.submission().tool().name(), OfTool.of(job), OfTool::and);
            return sums;
        }
        for (Count count : ours(store))
            sums.merge(count.tool().name(), OfTool.of(count), OfTool::and);
        return sums;
    }

    /** How many jobs a tool has, and how long those ran that succeeded. */
    private record OfTool(long jobs, Ran ran) {
        static OfTool of(Count count) {
            boolean succeeded = count.state() == JobState.Name.SUCCEEDED;
            return new OfTool(count.jobs(), succeeded ? count.ran() : Ran.NONE);
        }

        static OfTool of(Job job) {
            boolean ran = job.cachedFrom().isEmpty() && job.startedAt().isPresent();
            return ran && job.state() instanceof JobState.Succeeded done
                    ? new OfTool(1, Ran.once(job.startedAt().get(), done.at()))
                    : new OfTool(1, Ran.NONE);
        }

        OfTool and(OfTool other) {
            return new OfTool(jobs + other.jobs, ran.and(other.ran));
        }
    }

    /** Of one attempt, to the millisecond; empty when none ran. */
    private static Optional<Double> seconds(Ran ran) {
        return ran.average().map(Duration::toMillis).map(millis -> millis / 1000.0);
    }

    /** To one decimal; 0 of nothing. */
    static double percent(long part, long whole) {
        return whole == 0 ? 0 : tenth(100.0 * part / whole);
    }

    private static double tenth(double value) {
        if (Double.isNaN(value)) return 0;
        return BigDecimal.valueOf(value).setScale(1, RoundingMode.HALF_UP).doubleValue();
    }

    /** How busy all processors are, 0 to 100; 0 where that can't be known. */
    static double cpuPercent() {
        return tenth(Math.max(0, system().getCpuLoad() * 100));
    }

    /** Bytes. */
    static ObjectNode memory() {
        long total = system().getTotalMemorySize();
        long available = available();
        return JsonNodeFactory.instance
                .objectNode()
                .put("total", total)
                .put("available", available)
                .put("percent", percent(total - available, total))
                .put("used", total - available);
    }

    /** What programs may have: more than what is free, since caches make room. */
    private static long available() {
        try (var lines = Files.lines(Path.of("/proc/meminfo"))) {
            return lines.filter(line -> line.startsWith("MemAvailable:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1_024)
                    .findFirst()
                    .orElseGet(() -> system().getFreeMemorySize());
        } catch (IOException e) {
            return system().getFreeMemorySize();
        }
    }

    private static OperatingSystemMXBean system() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    }

    /** Bytes of the disk that a folder is on. */
    static ObjectNode disk(Path folder) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        try {
            FileStore disk = Files.getFileStore(folder);
            long total = disk.getTotalSpace();
            long used = total - disk.getUnallocatedSpace();
            return node.put("total", total)
                    .put("used", used)
                    .put("free", disk.getUsableSpace())
                    .put("percent", percent(used, total));
        } catch (IOException e) {
            log.warn("disk of {} can't be measured: {}", folder, e.getMessage());
            return node;
        }
    }
}
