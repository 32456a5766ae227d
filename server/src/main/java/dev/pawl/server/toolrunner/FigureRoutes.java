package dev.pawl.server.toolrunner;

import dev.pawl.core.Count;
import dev.pawl.core.Job;
import dev.pawl.core.JobFilter;
import dev.pawl.core.JobState;
import dev.pawl.core.PawlException;
import dev.pawl.core.Store;
import dev.pawl.core.ToolId;
import dev.pawl.core.WorkerEntry;
import dev.pawl.server.Figure;
import dev.pawl.server.FrontExchange;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Routes for whoever watches the tool runner. */
record FigureRoutes(Scripts scripts, Hits hits) {
    private static final int TASKS_MAX = 100;
    private static final int HOURS_MAX = 24 * 365 * 10;

    void stats(FrontExchange exchange) {
        JobFilter filter = exchange.caller().limited(JobRoutes.OURS);
        ObjectNode database = Figures.database(store(exchange), filter);
        ObjectNode node = object().put("cpu_percent", Figures.cpuPercent());
        node.set("memory", Figures.memory());
        node.set("disk", Figures.disk(scripts.folder()));
        node.put("running_jobs", 0).put("total_jobs", 0);
        if (database.path("connected").booleanValue()) {
            Map<JobState.Name, Long> counts = Figures.counts(store(exchange), filter);
            node.put("running_jobs", counts.getOrDefault(JobState.Name.RUNNING, 0L))
                    .put("total_jobs", Figures.sum(counts));
        }
        node.set("database", database);
        exchange.answer(200, node);
    }

    /** The original forgets jobs in memory, its history stays; here there is only the history. */
    void cleanup(FrontExchange exchange) {
        int hours = JobRoutes.number(exchange, "max_age_hours", 24, 0, HOURS_MAX);
        exchange.answer(
                200,
                object().put(
                                "message",
                                "Nothing to clean up: jobs are kept in the store, not in memory")
                        .put("removed", 0)
                        .put("max_age_hours", hours));
    }

    void workers(FrontExchange exchange) {
        ArrayNode workers = JsonNodeFactory.instance.arrayNode();
        for (WorkerEntry worker : store(exchange).workers()) {
            ObjectNode node =
                    workers.addObject()
                            .put("name", worker.id())
                            .put("hostname", worker.host())
                            .put("pid", worker.pid())
                            .put("concurrency", worker.slots())
                            .put("started_at", worker.startedAt().toString())
                            .put("last_heartbeat", worker.seenAt().toString());
            var tools = node.putArray("tools");
            worker.tools().stream().map(ToolId::name).sorted().forEach(tools::add);
        }
        ObjectNode page = object().put("total", workers.size());
        exchange.answer(200, page.set("workers", workers));
    }

    void tasks(FrontExchange exchange) {
        ObjectNode page = object();
        page.set("active", tasks(exchange, JobState.Name.RUNNING));
        page.set("reserved", tasks(exchange, JobState.Name.QUEUED));
        exchange.answer(200, page);
    }

    private static ArrayNode tasks(FrontExchange exchange, JobState.Name state) {
        ArrayNode tasks = JsonNodeFactory.instance.arrayNode();
        List<Job> jobs =
                store(exchange).list(JobRoutes.OURS.withStates(Set.of(state)), "", TASKS_MAX);
        for (Job job : jobs) {
            ObjectNode task =
                    tasks.addObject()
                            .put("id", job.id().toString())
                            .put("name", job.submission().tool().name())
                            .put("status", JobDocument.status(job.state().name()));
            if (job.state() instanceof JobState.Running running)
                task.put("worker", running.lease().worker());
        }
        return tasks;
    }

    void health(FrontExchange exchange) {
        ObjectNode node = object().put("version", exchange.site().version());
        try {
            var counts = Figures.counts(store(exchange));
            node.put("status", "healthy")
                    .put("database", "connected")
                    .put("total_tools", scripts.all().size())
                    .put("running_jobs", counts.getOrDefault(JobState.Name.RUNNING, 0L));
            exchange.answer(200, node);
        } catch (PawlException e) {
            node.put("status", "unhealthy")
                    .put("database", "disconnected")
                    .put("error", String.valueOf(e.getMessage()));
            exchange.answer(503, node);
        }
    }

    /** Prometheus' text form; names of tools and states need no quoting. */
    void metrics(FrontExchange exchange) {
        var text = new StringBuilder();
        long running = 0;
        long queued = 0;
        text.append("# HELP tool_executions_total Jobs by tool and status\n")
                .append("# TYPE tool_executions_total gauge\n");
        var series = new TreeMap<String, Long>();
        for (Count count : Figures.ours(store(exchange))) {
            if (count.state() == JobState.Name.RUNNING) running += count.jobs();
            if (count.state() == JobState.Name.QUEUED) queued += count.jobs();
            String labels =
                    "tool_name=\"%s\",status=\"%s\""
                            .formatted(count.tool().name(), JobDocument.status(count.state()));
            series.merge(labels, count.jobs(), Long::sum);
        }
        series.forEach((labels, jobs) ->
                text.append("tool_executions_total{%s} %d\n".formatted(labels, jobs)));
        gauge(text, "tool_executions_active", "Jobs that run", (double) running);
        gauge(text, "celery_queue_length", "Jobs that wait", (double) queued);
        gauge(text, "system_cpu_percent", "All processors, 0 to 100", Figures.cpuPercent());
        store(exchange)
                .pool()
                .ifPresent(pool -> {
                    int idle = pool.connections() - pool.busy();
                    gauge(text, "db_connections_active", "Busy connections", pool.busy());
                    gauge(text, "db_connections_idle", "Idle connections", idle);
                });
        text.append(hits.text());
        text.append(durations(exchange));
        text.append(requests(exchange));
        exchange.answer(200, "text/plain; version=0.0.4; charset=utf-8", text.toString());
    }

    /** Of the attempts that ended in this process. */
    private String durations(FrontExchange exchange) {
        var text = new StringBuilder();
        String name = "tool_execution_duration_seconds";
        text.append("# HELP %s How long attempts ran\n# TYPE %s summary\n".formatted(name, name));
        var sums = new TreeMap<String, Figure>();
        for (Figure ran : exchange.ran()) {
            String tool = ran.label("tool").replaceFirst("@.*", "");
            if (scripts.find(tool).isEmpty()) continue;
            sums.merge(tool, ran, Figure::and);
        }
        sums.forEach((tool, sum) -> summary(text, name, "tool_name=\"" + tool + "\"", sum));
        return text.toString();
    }

    private static String requests(FrontExchange exchange) {
        var totals = new StringBuilder("# TYPE http_requests_total counter\n");
        var errors = new StringBuilder("# TYPE http_errors_total counter\n");
        String name = "http_request_duration_seconds";
        var seconds = new StringBuilder("# TYPE %s summary\n".formatted(name));
        for (Figure served : exchange.served()) {
            String status = served.label("status");
            String labels =
                    "method=\"%s\",endpoint=\"%s\",status=\"%s\""
                            .formatted(served.label("method"), served.label("route"), status);
            totals.append("http_requests_total{%s} %d\n".formatted(labels, served.count()));
            if (status.compareTo("400") >= 0)
                errors.append("http_errors_total{%s} %d\n".formatted(labels, served.count()));
            summary(seconds, name, labels, served);
        }
        return totals.append(errors).append(seconds).toString();
    }

    private static void summary(StringBuilder text, String name, String labels, Figure sum) {
        text.append("%s_count{%s} %d\n".formatted(name, labels, sum.count()));
        text.append("%s_sum{%s} %s\n".formatted(name, labels, sum.seconds()));
    }

    private static void gauge(StringBuilder text, String name, String help, double value) {
        text.append(
                "# HELP %s %s\n# TYPE %s gauge\n%s %s\n".formatted(name, help, name, name, value));
    }

    private static Store store(FrontExchange exchange) {
        return exchange.site().engine().store();
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
